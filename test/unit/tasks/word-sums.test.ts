import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { addition } from "../../../daemon/tasks/addition.ts";
import { wordSums } from "../../../daemon/tasks/word-sums.ts";

const operand = fc.integer({ min: 0, max: 99 });
const query = (a: number, b: number): string => `What is ${a} plus ${b}?`;

describe("a sum in words", () => {
  test("is read back out of the template, with white space and quotes around it", () => {
    const around = fc.constantFrom("", " ", "\n", '"', "'", "`", "“", "”", "‘", "’");
    fc.assert(
      fc.property(operand, operand, around, around, (a, b, before, after) => {
        assert.deepEqual(wordSums.parse(before + query(a, b) + after), { ok: true, query: query(a, b) });
      }),
    );
  });

  const refused: [text: string, reason: RegExp, outOfRange: boolean][] = [
    ["", /not of the form "What is \{a\} plus \{b\}\?"/, false],
    ["47+38", /not of the form/, false],
    ["What is 47 plus 38", /not of the form/, false],
    ["What is 47 plus 38? 85", /not of the form/, false],
    ["Sure! What is 47 plus 38?", /not of the form/, false],
    ["What is 1 plus 2 plus 3?", /not of the form/, false],
    ["What is {a} plus {b}?", /not a whole number/, false],
    ["What is seven plus 3?", /not a whole number/, false],
    ["What is 07 plus 3?", /not a whole number/, false],
    ["What is -7 plus 3?", /not a whole number/, false],
    ["What is 1.5 plus 3?", /not a whole number/, false],
    ["What is ٤ plus ٧?", /not a whole number/, false],
    ["What is 100 plus 3?", /above 99/, true],
    [`What is 1 plus ${"9".repeat(400)}?`, /above 99/, true],
  ];
  for (const [text, reason, outOfRange] of refused) {
    test(`is not ${JSON.stringify(text.slice(0, 30))}`, () => {
      const parsed = wordSums.parse(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
      assert.equal(parsed.outOfRange === true, outOfRange);
    });
  }

  test("is read in linear time", () => {
    const spaces = " ".repeat(200_000);
    for (const text of [`${spaces}x${spaces}x`, "What is 1 plus ".repeat(20_000), '"'.repeat(200_000)]) {
      assert.equal(wordSums.parse(text).ok, false);
    }
  });
});

describe("the answer to a sum in words", () => {
  const right = ["85", "85.", "**85**", "47 + 38 = 85.", "The answer is 85!", "First 40, then 80, and so 85\n", "$85"];
  for (const answer of right) test(`is right: ${JSON.stringify(answer)}`, () => assert.equal(verify(answer), 1));

  const wrong = ["", "eighty-five", "86", "85, because 47 + 38", "-85", "−85", "85.0", "0.85", "1,085", "8 5", "185"];
  for (const answer of wrong) test(`is wrong: ${JSON.stringify(answer)}`, () => assert.equal(verify(answer), 0));

  function verify(answer: string): 0 | 1 {
    return wordSums.verify(query(47, 38), answer);
  }

  test("of a text that is no sum is a bug of the caller", () => {
    assert.throws(() => wordSums.verify("what?", "85"), /"what\?" is not a task/);
  });
});

test("the same pairs are held out as in addition, in the same order", () => {
  const inWords = (text: string): string => query(...(text.split("+").map(Number) as [number, number]));
  assert.deepEqual(wordSums.heldOut(), addition.heldOut().map(inWords));
  fc.assert(
    fc.property(operand, operand, (a, b) => {
      assert.equal(wordSums.isHeldOut(query(a, b)), addition.isHeldOut(`${a}+${b}`));
      assert.equal(wordSums.expected(query(a, b)), addition.expected(`${a}+${b}`));
    }),
  );
  for (const uniform of [0, 0.5, 1 - 2 ** -53]) {
    assert.equal(wordSums.draw(uniform), inWords(addition.draw(uniform)));
  }
});
