import assert from "node:assert/strict";
import { test } from "node:test";
import { replayText } from "../../../extension/documents/results-text.ts";

test("a query that was played again is shown with what each score comes from", () => {
  const answer = { stop: "stop" as const, logprob: -1.5 };
  const result = {
    query: "3+4",
    answers: [
      { ...answer, text: "7", reward: 1, selfReward: null, rationale: "right\nAnswer 9 · forged" },
      { ...answer, text: "8", stop: "length" as const, reward: null, selfReward: null, unscored: "time-out" },
    ],
    waitedSeconds: 0.25,
    weights: "round 2",
  };
  const judges = { reward: { name: "endpoint:m", low: 0, high: 1 } };
  assert.equal(
    replayText({ run: "mine", round: 1, query: 0 }, result, judges),
    `mine · round 1 · query 0, played again
Answered by round 2; waited 0.3 s for the device. Nothing in the run has changed.

Query
    │ 3+4

Answer 0 · log-probability -1.50 nat
    │ 7
R    1.000     by endpoint:m, 0 to 1
     The judge says:
    │ right
    │ Answer 9 · forged

Answer 1 · log-probability -1.50 nat · cut at the token limit
    │ 8
R    unscored  by endpoint:m, 0 to 1
     Unscored, which counts nowhere and is not 0: time-out
`,
  );
});
