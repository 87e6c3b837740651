import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ensemble, type Member } from "../../../daemon/judge/ensemble.ts";
import type { Judgement, Scorer } from "../../../daemon/judge/scorer.ts";
import { pairAt } from "./pairs.ts";

function says(name: string, range: readonly [number, number], values: readonly (number | null)[]): Scorer {
  const judgement = (value: number | null): Judgement =>
    value === null ? { value, unscored: "it timed out" } : { value, rationale: `so says ${name}` };
  return { name, range, score: async (pairs) => pairs.map((_, i) => judgement(values[i]!)) };
}

const verifier: Member = { scorer: says("verifier", [0, 1], [1, 0, 1, null]), weight: 3, scale: 1 };
const model: Member = { scorer: says("model", [0, 7], [7, 3.5, null, null]), weight: 1, scale: 2 / 7 };
const pairs = [0, 1, 2, 3].map((i) => pairAt("q", "a", i));

describe("an ensemble", () => {
  test("is the weighted mean of its members, each on its own scale", async () => {
    const scorer = ensemble([verifier, model], "unscored");
    const judgements = await scorer.score(pairs);
    assert.deepEqual(
      judgements.map(({ value }) => value),
      [(3 + 2) / 4, (0 + 1) / 4, null, null],
    );
    assert.deepEqual(scorer.range, [0, (3 + 2) / 4]);
  });

  test("says each member's part, and which one is missing: never a zero for it", async () => {
    const [first, , third] = await ensemble([verifier, model], "unscored").score(pairs);
    assert.deepEqual(first!.parts, [
      { judge: "verifier", value: 1, weight: 3, scale: 1, low: 0, high: 1 },
      { judge: "model", value: 7, weight: 1, scale: 2 / 7, low: 0, high: 7 },
    ]);
    assert.equal(first!.rationale, "verifier: so says verifier\nmodel: so says model");
    assert.ok(third!.value === null);
    assert.equal(third.unscored, "model: it timed out");
    assert.deepEqual(third.parts![1], { ...first!.parts![1], value: null, unscored: "it timed out" });
    assert.equal(third.rationale, "verifier: so says verifier");
  });

  test("has no bound where a member has none", async () => {
    const logit = { ...model, scorer: says("logit", [-Infinity, Infinity], [-3, 0, 0, 0]) };
    const scorer = ensemble([verifier, logit], "unscored");
    assert.deepEqual(scorer.range, [-Infinity, Infinity]);
    const [first] = await scorer.score(pairs);
    assert.deepEqual([first!.parts![1]!.low, first!.parts![1]!.high], [null, null]);
  });

  test("judges by the rest where that is wanted, unless nobody scored", async () => {
    const judgements = await ensemble([verifier, model], "rest").score(pairs);
    assert.deepEqual(
      judgements.map(({ value }) => value),
      [5 / 4, 1 / 4, 1, null],
    );
    assert.deepEqual(ensemble([verifier, model], "rest").range, [0, 2], "a member may decide alone");
  });

  test("has the figures of its members", async () => {
    const counted = { ...model, scorer: { ...model.scorer, figures: () => ({ "judge/x": 2 }) } };
    assert.deepEqual(ensemble([verifier, counted], "rest").figures?.(), { "judge/x": 2 });
  });
});
