import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { addition } from "../../../daemon/tasks/addition.ts";

const operand = fc.integer({ min: 0, max: 99 });
const task = fc.tuple(operand, operand).map(([a, b]) => `${a}+${b}`);
const everyTask = Array.from({ length: 10_000 }, (_, i) => `${Math.floor(i / 100)}+${i % 100}`);

describe("parsing a query", () => {
  test("takes every task as it is written", () => {
    for (const query of everyTask) assert.deepEqual(addition.parse(query), { ok: true, query });
  });

  const refused: [text: string, reason: RegExp, outOfRange: boolean][] = [
    ["", /empty/, false],
    ["47", /not of the form/, false],
    ["47+", /not of the form/, false],
    ["47+38=", /not of the form/, false],
    ["47 + 38", /not of the form/, false],
    [" 47+38", /not of the form/, false],
    ["47+38\n", /not of the form/, false],
    ["07+8", /not of the form/, false],
    ["-1+2", /not of the form/, false],
    ["1+2+3", /not of the form/, false],
    ["{a}+{b}", /not of the form/, false],
    ["٤+٧", /not of the form/, false],
    ["100+1", /above 99/, true],
    [`1+${"9".repeat(400)}`, /above 99/, true],
  ];
  for (const [text, reason, outOfRange] of refused) {
    test(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      const parsed = addition.parse(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
      assert.equal(parsed.outOfRange === true, outOfRange);
    });
  }

  test("takes no other text for a task", () => {
    const near = fc.string({ unit: fc.constantFrom(..."0123456789+- ="), maxLength: 8 });
    fc.assert(
      fc.property(near, (text) => {
        assert.equal(addition.parse(text).ok, everyTask.includes(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe("verifying an answer", () => {
  test("wants the sum, exactly", () => {
    fc.assert(
      fc.property(task, fc.oneof(fc.nat({ max: 200 }).map(String), fc.string({ maxLength: 4 })), (query, answer) => {
        const [a, b] = query.split("+").map(Number) as [number, number];
        assert.equal(addition.expected(query), `${a + b}`);
        assert.equal(addition.verify(query, `${a + b}`), 1);
        assert.equal(addition.verify(query, answer), answer === `${a + b}` ? 1 : 0);
      }),
    );
  });

  for (const answer of ["085", "85.", " 85", "85 ", "+85", "8 5", "47+38=85", ""]) {
    test(`does not take "${answer}" for 85`, () => assert.equal(addition.verify("47+38", answer), 0));
  }

  test("of a text that is no task is a bug of the caller", () => {
    assert.throws(() => addition.verify("what?", "85"), /"what\?" is not a task/);
  });
});

describe("the held-out tasks", () => {
  const heldOut = addition.heldOut();

  test("are these, for ever: the nano model has not seen them", () => {
    assert.equal(heldOut.length, 599);
    assert.equal(
      createHash("sha256").update(heldOut.join("\n")).digest("hex"),
      "81f5225c569df6c1108e91591bee3efd66385d1fa9a88180d703fc9be619d3be",
    );
  });

  test("are those that isHeldOut names", () => {
    assert.deepEqual([...heldOut].sort(), everyTask.filter(addition.isHeldOut).sort());
    assert.equal(addition.isHeldOut("what?"), false);
  });

  test("come in both orders or in none", () => {
    for (const query of heldOut) assert.ok(addition.isHeldOut(query.split("+").reverse().join("+")));
  });

  test("are spread evenly over the operands, in every prefix", () => {
    // Means of 0–99 operands: 49.5, with a standard error of 28.9/√(2k); four of them is the tolerance.
    for (const k of [100, 250, heldOut.length]) {
      const operands = heldOut.slice(0, k).flatMap((query) => query.split("+").map(Number));
      const mean = operands.reduce((sum, value) => sum + value, 0) / operands.length;
      assert.ok(Math.abs(mean - 49.5) < (4 * 28.9) / Math.sqrt(2 * k), `${mean} for the first ${k}`);
    }
  });

  test("are never drawn, and every other task is", () => {
    const steps = 94_010; // ten for each of the 9,401 training tasks
    const drawn = new Set(Array.from({ length: steps }, (_, i) => addition.draw((i + 0.5) / steps)));
    assert.equal(drawn.size, 10_000 - heldOut.length);
    for (const query of heldOut) assert.ok(!drawn.has(query));
    assert.ok(drawn.has(addition.draw(0)) && drawn.has(addition.draw(1 - 2 ** -53)));
  });
});
