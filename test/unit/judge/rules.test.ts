import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fitsSchema } from "../../../daemon/judge/rules/json-rule.ts";
import { patternOf } from "../../../daemon/judge/rules/patterns.ts";
import { answersOf, noAnswers, ruleVerifier } from "../../../daemon/judge/rules/rule-verifier.ts";
import { choice, exact, matches, numeric, type Rule } from "../../../daemon/judge/rules/rules.ts";
import { addition } from "../../../daemon/tasks/addition.ts";
import { pairAt } from "./pairs.ts";

/** [answer, expected, value] */
type Case = readonly [answer: string, expected: string, value: 0 | 1 | null];

function check(rule: Rule, cases: readonly Case[]): void {
  for (const [answer, expected, value] of cases) {
    const judgement = rule(answer, expected);
    assert.equal(judgement.value, value, `${JSON.stringify(answer)} for ${JSON.stringify(expected)}`);
    if (judgement.value === null) assert.notEqual(judgement.unscored, "");
    else assert.ok(judgement.rationale);
  }
}

describe("a rule for answers", () => {
  test("exact: the same text, white space at its ends aside", () => {
    check(exact, [
      [" Paris\n", "Paris", 1],
      ["paris", "Paris", 0],
      ["", "Paris", 0],
    ]);
  });

  test("number: the last one counts, within the larger tolerance", () => {
    check(numeric({ absolute: 0, relative: 0 }), [
      ["47 plus 38 is 85.", "85", 1],
      ["85 or 86", "85", 0],
      ["1,234,567", "1234567", 1],
      ["1,23", "23", 1],
      ["-3", "−3", 1],
      ["2.5e3", "2500", 1],
      [".5", "0.5", 1],
      ["x2", "2", 0],
      ["no number", "2", 0],
      ["2", "two", null],
    ]);
    check(numeric({ absolute: 0.5, relative: 0 }), [
      ["85.5", "85", 1],
      ["85.51", "85", 0],
    ]);
    check(numeric({ absolute: 0, relative: 0.01 }), [
      ["101", "100", 1],
      ["-99", "-100", 1],
      ["102", "100", 0],
    ]);
  });

  test("choice: the last of the clearest form counts", () => {
    check(choice, [
      ["B", "B", 1],
      ["b", "B", 1],
      ["B. Paris", "B", 1],
      ["**B**", "B", 1],
      ["(A) is near, but (B) it is", "B", 1],
      ["The answer is (C).", "C", 1],
      ["Answer: D, not (A)", "D", 1],
      ["The answer is A. No: \\boxed{B}", "B", 1],
      ["A cat is no choice", "A", 0],
      ["The answer is Anything", "A", 0],
      ["C", "B", 0],
      ["B", "85", null],
    ]);
  });

  test("regex: a pattern that would search for years says nothing about the answer, and gives up", () => {
    check(matches(patternOf("^\\d+$")), [
      ["85", "", 1],
      ["85.", "", 0],
    ]);
    check(matches(patternOf("^(a+)+$")), [
      ["aaa", "", 1],
      [`${"a".repeat(60)}b`, "", null],
    ]);
  });

  test("regex: a search that had no processor is made again, with more time", (t) => {
    const spent = [0, 60_000];
    const usage = (since?: NodeJS.CpuUsage) => ({ user: since ? spent.shift()! : 0, system: 0 });
    t.mock.method(process, "cpuUsage", usage);
    check(matches(patternOf("^(a+)+$")), [[`${"a".repeat(60)}b`, "", null]]);
    assert.deepEqual(spent, []);
  });

  test("json-schema: JSON that fits, also in its one fenced block", () => {
    const schema = { type: "object", properties: { a: { type: "integer" } }, required: ["a"] };
    check(fitsSchema(JSON.stringify(schema)), [
      ['{"a": 1}', "", 1],
      ['Here:\n```json\n{"a": 1}\n```\n', "", 1],
      ['{"a": "1"}', "", 0],
      ["{}", "", 0],
      ["a: 1", "", 0],
    ]);
    const { value, rationale } = fitsSchema(JSON.stringify(schema))('{"a": "x"}', "");
    assert.deepEqual([value, rationale], [0, "wrong: /a must be integer"]);
  });

  test("json-schema: patterns in it give up in time, and are told apart", () => {
    const schema = { properties: { a: { type: "string", pattern: "^(x+)+$" }, b: { type: "string", pattern: "^y$" } } };
    check(fitsSchema(JSON.stringify({ type: "object", ...schema })), [
      ['{"a": "xx", "b": "y"}', "", 1],
      ['{"a": "xx", "b": "xx"}', "", 0],
      [`{"a": "${"x".repeat(60)}!"}`, "", null],
    ]);
  });

  test("json-schema: a schema that can't be used is refused, also one that refers to elsewhere", () => {
    for (const schema of ["{", '{"type": "number?"}', '{"$ref": "https://example.com/schema.json"}']) {
      assert.throws(() => fitsSchema(schema), { code: "judge/bad-schema" });
    }
  });
});

describe("a verifier by a rule", () => {
  test("asks the task for the right answer; to what is no task every answer is worth 0", async () => {
    const scorer = ruleVerifier("number", () => numeric({ absolute: 1, relative: 0 }), answersOf(addition));
    const pairs = [pairAt("47+38", "it is 86"), pairAt("47+38", "87"), pairAt("hello", "87")];
    const judgements = await scorer.score(pairs);
    assert.deepEqual(
      judgements.map(({ value }) => value),
      [1, 0, 0],
    );
    assert.equal(judgements[2]!.rationale, "the query has no right answer: not of the form a+b");
    assert.equal(scorer.name, "verifier:number");
  });

  test("can be cancelled between two answers", async () => {
    const scorer = ruleVerifier("regex", () => matches(patternOf("a")), noAnswers);
    const cancelled = AbortSignal.abort();
    await assert.rejects(scorer.score([pairAt("q", "a")], { signal: cancelled }), { name: "AbortedError" });
  });
});
