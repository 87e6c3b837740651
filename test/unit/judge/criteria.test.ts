import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { criteriaScorer, formScorer } from "../../../daemon/judge/rubric/criteria.ts";
import type { Pair } from "../../../daemon/judge/scorer.ts";
import { addition } from "../../../daemon/tasks/addition.ts";

const key = { seed: 1, round: 1, role: "solver", query: 0, answer: 0 } as const;

const scorer = criteriaScorer(addition);

async function judge(query: string, answer: string, more: Partial<Pair> = {}) {
  const [judgement] = await scorer.score([{ query, answer, stop: "stop", duplicate: false, key, ...more }]);
  assert.ok(judgement && judgement.value !== null && judgement.criteria && judgement.rationale !== undefined);
  return { value: judgement.value, criteria: judgement.criteria.join(""), rationale: judgement.rationale };
}

describe("the seven criteria", () => {
  // parses · in range and new · a number · its length · right · nothing else · half the digits
  const table: [query: string, answer: string, criteria: string, more?: Partial<Pair>][] = [
    ["47+38", "85", "1111111"],
    ["0+0", "0", "1111111"],
    ["47+38", "85", "1011111", { duplicate: true }],
    ["47+38", "85", "1111101", { stop: "length" }],
    ["47+38", "75", "1111011"],
    ["47+38", "86", "1111011"],
    ["47+38", "96", "1111010"],
    ["47+38", "5", "1110011"],
    ["47+38", "185", "1110011"],
    ["47+38", "1285", "1110011"],
    ["47+38", "12385", "1110010"],
    ["47+38", "085", "1100011"],
    ["47+38", "85.", "1111001"],
    ["47+38", "it is 85", "1111001"],
    ["47+38", "85+85", "1111001"],
    ["47+38", "8 5", "1110000"],
    ["47+38", "", "1100000"],
    ["47+38", "who knows", "1100000"],
    ["99+99", "198", "1111111"],
    ["99+99", "298", "1111011"],
    ["99+99", "291", "1111010"],
    ["100+1", "101", "1010010"],
    ["100+1", "", "1000000"],
    ["what is 1+1?", "2", "0010010"],
    ["", "", "0000000"],
  ];
  for (const [query, answer, criteria, more] of table) {
    test(`${JSON.stringify(query)} → ${JSON.stringify(answer)} ${more ? JSON.stringify(more) : ""}`, async () => {
      assert.equal((await judge(query, answer, more)).criteria, criteria);
    });
  }

  test("add up to the value, which is 7 exactly for a new task answered right", async () => {
    const operand = fc.integer({ min: 0, max: 101 });
    const answer = fc.oneof(fc.nat({ max: 210 }).map(String), fc.string({ unit: fc.constantFrom(..."0123456789+ a") }));
    await fc.assert(
      fc.asyncProperty(operand, operand, answer, fc.boolean(), async (a, b, text, duplicate) => {
        const { value, criteria } = await judge(`${a}+${b}`, text, { duplicate });
        assert.equal(value, [...criteria].filter((criterion) => criterion === "1").length);
        assert.equal(value === 7, a <= 99 && b <= 99 && !duplicate && text === `${a + b}`);
      }),
      { numRuns: 500 },
    );
  });

  test("count digits place by place from the right", async () => {
    // Written independently: compare both numbers padded on the left with a sign that is no digit.
    const digits = fc.nat({ max: 99_999 }).map(String);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 99 }), fc.nat({ max: 99 }), digits, async (a, b, answer) => {
        const places = Math.max(answer.length, `${a + b}`.length);
        const [given, right] = [answer.padStart(places, "?"), `${a + b}`.padStart(places, "!")];
        const agree = Array.from(given).filter((digit, i) => digit === right[i]).length;
        const { criteria, rationale } = await judge(`${a}+${b}`, answer);
        assert.equal(criteria[6], agree / places >= 0.5 ? "1" : "0");
        assert.match(rationale, new RegExp(`${agree} of ${places} digits`));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the rationale", () => {
  test("says which criteria are not met, and that the verifier knows the answer", async () => {
    assert.equal(
      (await judge("47+38", "96")).rationale,
      "not met: 5, 7; by the verifier 85 is right; 0 of 2 digits agree",
    );
    assert.equal((await judge("47+38", "85")).rationale, "all met; by the verifier 85 is right; 2 of 2 digits agree");
    assert.match((await judge("100+1", "101")).rationale, /^not met: 2, 4, 5, 7; the query has no right answer$/);
  });

  test("is one line", async () => {
    assert.doesNotMatch((await judge("a\nb", "c\nd")).rationale, /\n/);
  });
});

test("the scorer names itself and its range", () => {
  assert.equal(scorer.name, "criteria:addition");
  assert.deepEqual(scorer.range, [0, 7]);
});

describe("form alone", () => {
  const form = async (query: string, answer: string, more: Partial<Pair> = {}) =>
    (await formScorer(addition).score([{ query, answer, stop: "stop", duplicate: false, key, ...more }]))[0]!;

  test("does not see whether an answer is right", async () => {
    assert.deepEqual(await form("47+38", "12"), await form("47+38", "85"));
    assert.deepEqual(await form("47+38", "85"), { value: 7, rationale: "of criteria 1, 2, 3, 6 all met" });
  });

  test("counts criteria 1, 2, 3 and 6 on the scale of all seven", async () => {
    const value = async (...args: Parameters<typeof form>) => (await form(...args)).value;
    assert.equal(await value("100+1", "101"), 5.25);
    assert.equal(await value("47+38", "085"), 5.25);
    assert.equal(await value("47+38", "085."), 3.5);
    assert.equal(await value("47+38", "85", { stop: "length" }), 5.25);
    assert.equal(await value("", ""), 0);
    const judgement = await form("47+38", "it is 85", { duplicate: true });
    assert.deepEqual(judgement, { value: 3.5, rationale: "of criteria 1, 2, 3, 6 not met: 2, 6" });
  });
});
