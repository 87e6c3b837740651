import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lengthBucket, microBatches } from "../../daemon/engine/onnx/batching.ts";

const token = fc.nat({ max: 9 });
const sequence = fc.record({
  prompt: fc.array(token, { minLength: 1, maxLength: 20 }),
  response: fc.array(token, { minLength: 1, maxLength: 20 }),
});

test("micro-batches hold every sequence once, laid out so that each row predicts its response", () => {
  fc.assert(
    fc.property(fc.array(sequence, { maxLength: 20 }), fc.integer({ min: 1, max: 200 }), (sequences, maxTokens) => {
      const batches = microBatches(sequences, maxTokens, 40);
      assert.deepEqual(
        batches.flatMap(({ indices }) => indices).sort((a, b) => a - b),
        sequences.map((_, i) => i),
      );
      for (const { bucket, indices, tokens, rows, targets } of batches) {
        const { batch, length, responses } = bucket;
        assert.ok(batch === 1 || batch * length <= maxTokens, `${batch}×${length} exceeds ${maxTokens}`);
        assert.deepEqual(
          [tokens.length, rows.length, targets.length],
          [batch * length, batch * responses, batch * responses],
        );
        for (const [row, index] of indices.entries()) {
          const { prompt, response } = sequences[index];
          const whole = [...prompt, ...response];
          for (const [t, expected] of response.entries()) {
            const at = rows[row * responses + t];
            assert.equal(Math.floor(at / length), row, "predicted from its own row");
            assert.equal(at % length, prompt.length + t - 1, "predicted from the token before");
            assert.equal(tokens[at], whole[prompt.length + t - 1]);
            assert.equal(targets[row * responses + t], expected);
          }
        }
      }
    }),
  );
});

test("length buckets are few and never too small", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), (n) => lengthBucket(n) >= n && lengthBucket(n) < n + 64));
  assert.equal(new Set(Array.from({ length: 128 }, (_, i) => lengthBucket(i + 1))).size, 14);
});
