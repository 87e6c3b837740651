import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { likelihoodScorer } from "../../../daemon/judge/likelihood.ts";
import type { Pair } from "../../../daemon/judge/scorer.ts";

const key = { seed: 1, round: 1, role: "solver", query: 0, answer: 0 } as const;

const pair = (response: number[]): Pair => {
  return { query: "q", answer: "a", stop: "stop", duplicate: false, key, sequence: { prompt: [1], response } };
};

test("R_Q is seven times the geometric mean of the tokens' probabilities", async () => {
  const scorer = likelihoodScorer(async () => [Float32Array.of(Math.log(0.5), Math.log(0.125)), Float32Array.of(0)]);
  const [first, second] = await scorer.score([pair([2, 3]), pair([4])]);
  assert.ok(Math.abs(first!.value! - 7 * 0.25) < 1e-6);
  assert.equal(second!.value, 7);
});

test("a longer answer of equally likely tokens is worth the same, and all values are in range", async () => {
  const logprob = fc.float({ min: -50, max: 0, noNaN: true });
  await fc.assert(
    fc.asyncProperty(logprob, fc.integer({ min: 1, max: 30 }), async (value, length) => {
      const scorer = likelihoodScorer(async (sequences) =>
        sequences.map(({ response }) => new Float32Array(response.length).fill(value)),
      );
      const [one, many] = await scorer.score([pair([2]), pair(Array.from({ length }, () => 2))]);
      assert.ok(one!.value! >= scorer.range[0] && one!.value! <= scorer.range[1]);
      assert.ok(Math.abs(one!.value! - many!.value!) < 1e-5);
    }),
  );
});

test("an answer without tokens is unscored, and the others keep their places", async () => {
  const { sequence: _, ...textOnly } = pair([2]);
  const scorer = likelihoodScorer(async (sequences) => sequences.map(() => Float32Array.of(Math.log(1 / 7))));
  const [none, some] = await scorer.score([textOnly, pair([2])]);
  assert.deepEqual(none, { value: null, unscored: "the answer's tokens are not known" });
  assert.ok(Math.abs(some!.value! - 1) < 1e-6);
});
