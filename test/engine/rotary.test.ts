import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rotaryFrequencies } from "../../daemon/engine/onnx/llama/rotary.ts";

const plain = { headSize: 64, ropeTheta: 500_000, ropeScaling: undefined };
const llama32 = {
  type: "llama3",
  factor: 32,
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalMaxPositions: 8192,
} as const;

describe("rotary frequencies", () => {
  test("are θ^(−2i/d)", () => {
    const frequencies = rotaryFrequencies({ ...plain, headSize: 4, ropeTheta: 10_000 });
    assert.deepEqual([...frequencies], [1, 0.01]);
  });

  /*
   * transformers 5.23, ROPE_INIT_FUNCTIONS["llama3"] on LlamaConfig(hidden_size=2048, num_attention_heads=32,
   * rope_theta=500000, rope_scaling as above, max_position_embeddings=131072): elements 0, 8, 15, 16, 17, 18, 19, 24, 31.
   */
  test("of Llama 3.2 are transformers'", () => {
    const expected: Record<number, number> = {
      0: 1,
      8: 0.037606031,
      15: 0.001290548,
      16: 0.00042955671,
      17: 9.7082862e-5,
      18: 1.9461639e-5,
      19: 1.2914767e-5,
      24: 1.6619674e-6,
      31: 9.4183065e-8,
    };
    const frequencies = rotaryFrequencies({ ...plain, ropeScaling: llama32 });
    assert.equal(frequencies.length, 32);
    for (const [i, value] of Object.entries(expected)) {
      assert.ok(
        Math.abs(frequencies[Number(i)]! / value - 1) < 1e-6,
        `${i}: ${frequencies[Number(i)]} against ${value}`,
      );
    }
  });

  test("stretched stay between the plain ones and those divided by the factor", () => {
    const scaling = fc.record({
      type: fc.constant("llama3" as const),
      factor: fc.double({ min: 1, max: 64, noNaN: true }),
      lowFreqFactor: fc.double({ min: 0.5, max: 2, noNaN: true }),
      highFreqFactor: fc.double({ min: 2.5, max: 8, noNaN: true }),
      originalMaxPositions: fc.integer({ min: 16, max: 8192 }),
    });
    fc.assert(
      fc.property(scaling, (ropeScaling) => {
        const before = rotaryFrequencies(plain);
        for (const [i, frequency] of rotaryFrequencies({ ...plain, ropeScaling }).entries()) {
          assert.ok(frequency <= before[i]! * (1 + 1e-12));
          assert.ok(frequency >= (before[i]! / ropeScaling.factor) * (1 - 1e-12));
        }
      }),
    );
  });
});
