import assert from "node:assert/strict";
import { test } from "node:test";
import { modeFigures, pairFigures, replyFigures } from "../../../daemon/documents/judge-figures.ts";
import { recordOf } from "./records.ts";

test("what was wrong with a judge's replies", () => {
  assert.equal(replyFigures(recordOf(1)), undefined);
  const rubric = {
    "judge/rubric/frac_cut": 0.25,
    "judge/rubric/frac_no_verdict": 0,
    "judge/rubric/frac_sum_differs": null,
  };
  assert.deepEqual(replyFigures(recordOf(1, { metrics: rubric })), ["Judge's replies", "25 % cut at the token limit"]);
  assert.equal(replyFigures(recordOf(1, { metrics: { ...rubric, "judge/rubric/frac_cut": 0 } })), undefined);
});

test("how the duels between answers were judged", () => {
  assert.equal(pairFigures(recordOf(1)), undefined);
  const metrics = {
    "judge/pairwise/duels": 24,
    "judge/pairwise/equal": 0,
    "judge/pairwise/tied": 3,
    "judge/pairwise/swapped": 9,
    "judge/pairwise/unscored": 1,
  };
  assert.deepEqual(pairFigures(recordOf(1, { metrics })), [
    "Judge's pairs",
    "24 duels, 9 tied because the judge disagreed with itself when positions were swapped, 1 without a verdict",
  ]);
});

test("how well the judge's modes agree", () => {
  assert.equal(modeFigures(recordOf(1)), undefined);
  const metrics = {
    "judge/modes/both": 6,
    "judge/modes/mean_difference": -0.5,
    "judge/modes/spearman": 0.8,
    "judge/modes/same_rounded": 1 / 3,
    "judge/modes/unscored_generate": 2,
    "judge/modes/unscored_criterion_logits": 0,
  };
  assert.deepEqual(modeFigures(recordOf(1, { metrics })), [
    "Judge's modes",
    "6 answers scored by generate and by criterion-logits, 2 and 0 left unscored, " +
      "criterion-logits minus generate -0.50 of 7, rank correlation 0.80, 33 % the same when rounded",
  ]);
});
