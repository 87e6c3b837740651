import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ResultOf } from "../../../daemon/protocol.ts";
import { isGone, judgementOf, partsText } from "../../../webview/rate/judgement.ts";

type Query = ResultOf<"sparring/round/get">["queries"][number];

const answer = (more: Partial<Query["answers"][number]>): Query["answers"][number] => ({
  text: "a",
  tokens: [],
  logprobs: [],
  referenceLogprobs: [],
  stop: "stop",
  reward: 1,
  selfReward: 3,
  advantage: 0,
  ...more,
});

const query = (index: number, answers: Query["answers"]): Query => ({
  index,
  text: "q",
  tokens: [],
  logprobs: [],
  referenceLogprobs: [],
  admitted: true,
  V: 0,
  VQ: 0,
  advantage: 0,
  expected: `e${index}`,
  answers,
});

describe("how an answer was judged", () => {
  const page = [query(4, [answer({ reward: 0.1 })]), query(7, [answer({}), answer({ reward: 0.5, rationale: "why" })])];

  test("is read of the very answer, by its query's index and not its place in the page", () => {
    const found = judgementOf(page, { round: 1, query: 7, answer: 1 });
    assert.deepEqual([found?.reward, found?.rationale, found?.expected], [0.5, "why", "e7"]);
  });

  test("is null where the page does not have the answer", () => {
    assert.equal(judgementOf(page, { round: 1, query: 5, answer: 0 }), null);
    assert.equal(judgementOf(page, { round: 1, query: 4, answer: 1 }), null);
    assert.equal(judgementOf([], { round: 1, query: 4, answer: 0 }), null);
  });

  test("is gone with its round, and not where the round's samples are damaged: what to do about that has to be read", () => {
    const codes = ["store/no-samples", "run/no-such-round", "store/corrupt-samples", "client/closed"];
    assert.deepEqual(
      codes.map((code) => isGone({ code, message: "", next: "" })),
      [true, true, false, false],
    );
  });

  test("names each part of an ensemble's reward, and one that did not score", () => {
    assert.equal(
      partsText([
        { judge: "exact-match", value: 1, weight: 2, scale: 1 },
        { judge: "length", value: -31, weight: 1, scale: 0.01 },
        { judge: "remote", value: null, weight: 0.5, scale: 1 },
      ]),
      "exact-match 1 (weight 2), length −31 (weight 1, scale 0.01), remote unscored (weight 0.5)",
    );
  });
});
