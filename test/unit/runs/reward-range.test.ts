/** In which range a run's rewards lie, and what that makes of its answers' scores. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ScoreRange } from "../../../daemon/judge/agreement/scale.ts";
import { comparedWith } from "../../../daemon/runs/rating/compared.ts";
import { judgedAnswers } from "../../../daemon/runs/rating/judged-rounds.ts";
import { rewardRange } from "../../../daemon/runs/rating/reward-range.ts";
import type { AnswerRecord, RunRecord } from "../../../daemon/store/records.ts";
import { answerOf, queryOf } from "../documents/records.ts";

const game = { "model.path": "builtin:nano", "game.task": "addition", "algorithm.name": "grpo" };
const configOf = (settings: Record<string, unknown>): RunRecord["config"] => ({ ...game, ...settings });
const logit = { "judge.model.output": "logit" };
const unbounded = { low: null, high: null };

describe("the range of a run's rewards", () => {
  test("is the recorded one", () => {
    const reward = { name: "reward-model:x", ...unbounded };
    assert.deepEqual(rewardRange({ judges: { reward }, config: {} }), reward);
  });
  test("follows from the config of an earlier version", () => {
    const of = (settings: Record<string, unknown>): object => rewardRange({ config: configOf(settings) });
    const together = { "judge.reward.kind": "ensemble", "judge.ensemble.verifier.weight": 3 };
    const model = { "judge.ensemble.model.weight": 1, "judge.ensemble.model.scale": 2 };
    assert.deepEqual(of({}), { low: 0, high: 1 });
    assert.deepEqual(of({ "judge.reward.kind": "model" }), { low: 0, high: 1 });
    assert.deepEqual(of({ "judge.reward.kind": "model", ...logit }), unbounded);
    assert.deepEqual(of({ ...together, ...model, ...logit }), unbounded);
    assert.deepEqual(of({ ...together, ...model }), { low: 0, high: 5 / 4 });
    assert.deepEqual(of({ ...together, ...model, "judge.ensemble.on_missing": "rest" }), { low: 0, high: 2 });
  });
  test("is told with the agreement", () => {
    const reward = (low: number | null, high: number | null) => ({ judges: { reward: { name: "R", low, high } } });
    const told = (judges: Pick<RunRecord, "judges">): string => comparedWith({ ...judges, config: {} });
    assert.equal(
      told(reward(0, 1)),
      "The reward (R) is compared with people's scores. A reward from 0 to 1 counts seven times as much.",
    );
    const byPairs = told({ judges: { reward: { name: "pairwise:reference", low: 0, high: 1 } } });
    assert.match(
      byPairs,
      /^The reward \(pairwise:reference\) is compared .* that an answer won, .* bias and κ mean little here/,
    );
    assert.match(told(reward(-1, 2)), /A reward from -1 to 2 is stretched to 0–7\.$/);
    assert.match(told(reward(null, null)), /counts as 7 \/ \(1 \+ exp\(−R\)\)/);
    const judges = { ...reward(0, 1).judges, selfReward: { name: "self-reward", low: 0, high: 7 } };
    assert.equal(told({ judges }), "The self-reward (self-reward) is compared with people's scores.");
    assert.match(
      comparedWith({ config: configOf({}) }),
      /^The self-reward, or where there is none the reward, is compared/,
    );
  });
});

describe("how judges took an answer", () => {
  const judged = (rest: Partial<AnswerRecord>, range: ScoreRange = { low: 0, high: 1 }, hasSelfReward = false) => {
    const queries = [queryOf(0, "q", { answers: [answerOf("a", rest)] })];
    const [answer] = judgedAnswers(1, queries, { range, hasSelfReward });
    return [answer!.score, answer!.doubt];
  };
  test("is on the scale 0–7 in any range", () => {
    assert.deepEqual(judged({ reward: 0.5 }), [3.5, undefined]);
    assert.deepEqual(judged({ reward: 0 }, { low: -1, high: 3 }), [1.75, undefined]);
    assert.deepEqual(judged({ reward: 0 }, unbounded), [3.5, undefined]);
    assert.deepEqual(judged({ reward: null }, unbounded), [null, undefined]);
  });
  test("is the self-reward's in a run that has one: the reward never stands in for it", () => {
    assert.deepEqual(judged({ reward: 1, selfReward: 2 }, undefined, true)[0], 2);
    assert.deepEqual(judged({ reward: 1, selfReward: null }, undefined, true)[0], null);
    assert.deepEqual(judged({ reward: 1, selfReward: null })[0], 7);
  });
  test("holds a reward against the self-reward in the reward's own range", () => {
    assert.deepEqual(judged({ reward: 0.6, selfReward: 2 }), [2, "scorers-disagree"]);
    assert.deepEqual(judged({ reward: 0.6, selfReward: 2 }, { low: 0, high: 4 }), [2, undefined]);
    assert.deepEqual(judged({ reward: -3, selfReward: 6 }, unbounded), [6, "scorers-disagree"]);
    assert.deepEqual(judged({ reward: 3, selfReward: 6 }, unbounded), [6, undefined]);
  });
  test("tells where members of an ensemble disagree, each in its own range", () => {
    const part = (judge: string, value: number | null, high: number | null) => {
      return { judge, value, weight: 1, scale: 1, low: high && 0, high };
    };
    const doubt = (...parts: ReturnType<typeof part>[]) => judged({ reward: 1, parts })[1];
    assert.equal(doubt(part("verifier", 1, 1), part("rubric", 2, 7)), "scorers-disagree");
    assert.equal(doubt(part("verifier", 1, 1), part("rubric", 4, 7)), undefined);
    assert.equal(doubt(part("verifier", 1, 1), part("model", -0.1, null)), "scorers-disagree");
    assert.equal(doubt(part("verifier", 1, 1), part("model", null, null)), undefined);
    assert.equal(judged({ reward: 1, selfReward: 1, parts: [part("verifier", 1, 1)] })[1], "scorers-disagree");
  });
});
