import assert from "node:assert/strict";
import { test } from "node:test";
import { verifier } from "../../../daemon/judge/rules/verifier.ts";
import type { Pair } from "../../../daemon/judge/scorer.ts";
import { addition } from "../../../daemon/tasks/addition.ts";

const key = { seed: 1, round: 1, role: "solver", query: 0, answer: 0 } as const;

const scorer = verifier(addition);
const pair = (query: string, answer: string): Pair => ({ query, answer, stop: "stop", duplicate: false, key });

test("the verifier scores 1 for the exact answer and 0 for others, in the pairs' order", async () => {
  const judgements = await scorer.score([pair("47+38", "85"), pair("47+38", "86"), pair("0+0", "0"), pair("1+1", "")]);
  assert.deepEqual(
    judgements.map(({ value }) => value),
    [1, 0, 1, 0],
  );
  assert.deepEqual(scorer.range, [0, 1]);
  assert.equal(scorer.name, "verifier:addition");
});

test("the verifier says what would have been right", async () => {
  const [judgement] = await scorer.score([pair("47+38", "86")]);
  assert.deepEqual(judgement, { value: 0, rationale: "wrong: 85 is right" });
});

test("no answer to a query outside the family is right, and the rationale says why", async () => {
  const [unparsed, tooLarge] = await scorer.score([pair("hello", "hello"), pair("100+1", "101")]);
  assert.deepEqual(unparsed, { value: 0, rationale: "the query has no right answer: not of the form a+b" });
  assert.deepEqual(tooLarge, { value: 0, rationale: "the query has no right answer: an operand is above 99" });
});
