/** What a fresh answer says of its scores: the same as a record would. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Judgement } from "../../../daemon/judge/scorer.ts";
import { scoredAnswer } from "../../../daemon/runs/interactive/scored-answer.ts";

const completion = { stop: "stop" as const, logprobs: new Float32Array([-1, -0.5]) };
const answer = (reward: Judgement | undefined, selfReward?: Judgement) =>
  scoredAnswer(completion, "7", reward, selfReward);
const bare = { text: "7", stop: "stop", logprob: -1.5 };
const part = { judge: "verifier:addition", value: 1, weight: 1, scale: 1, low: 0, high: 1 };
const criteria = [1, 1, 1, 1, 1, 0, 0] as const;

describe("a fresh answer", () => {
  test("has its reward's words, parts and criteria where there is no self-reward", () => {
    const probabilities = [0.9, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1];
    const reward = { value: 1, rationale: "right", parts: [part], criteria, probabilities };
    assert.deepEqual(answer(reward), {
      ...bare,
      reward: 1,
      selfReward: null,
      rationale: "right",
      parts: [part],
      criteria: [...criteria],
      probabilities,
    });
  });

  test("has the self-reward's words and criteria first, and the reward's under a name of their own", () => {
    const other = [0, 0, 0, 0, 0, 0, 0] as const;
    const reward = { value: 0, rationale: "wrong", criteria: other };
    assert.deepEqual(answer(reward, { value: 5, rationale: "fine", criteria }), {
      ...bare,
      reward: 0,
      selfReward: 5,
      rationale: "fine",
      rewardRationale: "wrong",
      criteria: [...criteria],
    });
    assert.deepEqual(answer(reward, { value: 5 }), {
      ...bare,
      reward: 0,
      selfReward: 5,
      rewardRationale: "wrong",
      criteria: [...other],
    });
  });

  test("has all reasons why it is unscored, and none where nobody was asked", () => {
    const late = { value: null, unscored: "time-out" } as const;
    assert.deepEqual(answer(late, { value: null, unscored: "cut", rationale: "hm" }), {
      ...bare,
      reward: null,
      selfReward: null,
      rationale: "hm",
      unscored: "time-out; cut",
    });
    assert.deepEqual(answer(undefined), { ...bare, reward: null, selfReward: null });
  });
});
