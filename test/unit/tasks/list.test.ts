import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { choice, exact, numeric } from "../../../daemon/judge/rules/rules.ts";
import { hashText } from "../../../daemon/tasks/hash.ts";
import { type KnownQuestion, listFamily, splitQuestions } from "../../../daemon/tasks/list.ts";
import type { VerifiableFamily } from "../../../daemon/tasks/task.ts";

const rightBy =
  (rule: typeof exact) =>
  (answer: string, expected: string): boolean =>
    rule(answer, expected).value === 1;

function questions(count: number, expected = "5"): KnownQuestion[] {
  return Array.from({ length: count }, (_, i) => ({ query: `Question ${i}?`, system: [], expected }));
}

const queriesOf = (some: readonly KnownQuestion[]): string[] => some.map(({ query }) => query);
/** Each of a subject of its own. */
const subjectsOf = (queries: readonly string[]): Map<string, string> => new Map(queries.map((query) => [query, query]));

function familyOf(some: readonly KnownQuestion[], heldOut: number, rule = exact): VerifiableFamily {
  return listFamily(some, splitQuestions(subjectsOf(queriesOf(some)), heldOut), rightBy(rule));
}

describe("the split of questions", () => {
  const distinct = fc.uniqueArray(fc.string(), { minLength: 10, maxLength: 60 });
  test("has each question once, and holds out what was asked for, but at most a tenth", () => {
    fc.assert(
      fc.property(distinct, fc.integer({ min: 1, max: 100 }), (queries, wanted) => {
        const { heldOut, training } = splitQuestions(subjectsOf(queries), wanted);
        assert.deepEqual([...heldOut, ...training].sort(), [...queries].sort());
        assert.equal(heldOut.length, Math.min(wanted, Math.floor(queries.length / 10)));
      }),
    );
  });
  test("does not depend on the order of the file", () => {
    fc.assert(
      fc.property(distinct, fc.integer(), (queries, seed) => {
        const mixed = queries.toSorted((x, y) => Math.sign(hashText(seed + x) - hashText(seed + y)));
        assert.deepEqual(splitQuestions(subjectsOf(mixed), 5), splitQuestions(subjectsOf(queries), 5));
      }),
    );
  });
  test("of fewer held-out questions is the beginning of that of more", () => {
    const subjects = subjectsOf(queriesOf(questions(200)));
    assert.deepEqual(splitQuestions(subjects, 7).heldOut, splitQuestions(subjects, 20).heldOut.slice(0, 7));
  });
  test("has no subject in both parts, and with fewer held out none that was trained on with more", () => {
    const inForms = fc.array(fc.nat(40), { minLength: 10, maxLength: 120 });
    fc.assert(
      fc.property(inForms, fc.integer({ min: 1, max: 12 }), (about, wanted) => {
        const subjects = new Map(about.map((subject, i) => [`${subject} in form ${i}`, String(subject)]));
        const { heldOut, training } = splitQuestions(subjects, wanted);
        assert.deepEqual([...heldOut, ...training].sort(), [...subjects.keys()].sort());
        assert.ok(heldOut.length >= Math.min(wanted, Math.floor(about.length / 10)));
        const held = new Set(heldOut.map((query) => subjects.get(query)));
        assert.ok(training.every((query) => !held.has(subjects.get(query))));
        const fewer = splitQuestions(subjects, Math.ceil(wanted / 2)).heldOut;
        assert.deepEqual(fewer, heldOut.slice(0, fewer.length));
      }),
    );
  });
  test("is frozen: runs of every version measure on the same questions", () => {
    assert.equal(hashText(""), 2872998923);
    assert.equal(hashText("47+38="), 2909066152);
    assert.deepEqual(splitQuestions(subjectsOf(queriesOf(questions(30))), 3).heldOut, [
      "Question 25?",
      "Question 6?",
      "Question 24?",
    ]);
  });
});

describe("the family of a file's questions", () => {
  const family = familyOf(questions(50), 5);

  test("draws every training question, and no held-out one", () => {
    const drawn = new Set(Array.from({ length: 450 }, (_, i) => family.draw(i / 450)));
    assert.equal(drawn.size, 45);
    assert.equal(family.heldOut().length, 5);
    for (const query of family.heldOut()) assert.ok(family.isHeldOut(query) && !drawn.has(query));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (u) => drawn.has(family.draw(u))),
    );
  });
  test("has no question of the split that is not among its own, in the same part as ever", () => {
    const all = questions(100);
    const some = listFamily(all.slice(50), splitQuestions(subjectsOf(queriesOf(all)), 10), rightBy(exact));
    const whole = familyOf(all, 10);
    assert.ok(some.heldOut().length > 0);
    assert.deepEqual(
      some.heldOut(),
      whole.heldOut().filter((query) => some.parse(query).ok),
    );
    for (const query of queriesOf(all.slice(50))) assert.equal(some.isHeldOut(query), whole.isHeldOut(query));
  });
  test("knows its questions, letter by letter", () => {
    assert.deepEqual(family.parse("Question 7?"), { ok: true, query: "Question 7?" });
    for (const text of ["Question 7? ", "Question 50?", ""]) {
      assert.deepEqual(family.parse(text), { ok: false, reason: "it is none of the file's questions" });
    }
    assert.throws(() => family.expected("Question 50?"), /not a question of the file/);
  });
  test("asks as the user, after what the system says", () => {
    const [first, ...others] = questions(10);
    const { solverPrompt } = familyOf([{ ...first!, system: ["Be brief."] }, ...others], 1);
    assert.deepEqual(solverPrompt("Question 0?"), [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Question 0?" },
    ]);
    assert.deepEqual(solverPrompt("Question 1?"), [{ role: "user", content: "Question 1?" }]);
  });
  test("grades by the rule that it is given", () => {
    const verifyBy = (rule: typeof exact, expected: string) => {
      const { verify } = familyOf(questions(10, expected), 1, rule);
      return (answer: string) => verify("Question 1?", answer);
    };
    const byText = verifyBy(exact, "85");
    assert.deepEqual(["85", " 85\n", "It is 85."].map(byText), [1, 1, 0]);
    const byNumber = verifyBy(numeric({ absolute: 0.5, relative: 0 }), "85");
    assert.deepEqual(["It is 85.4.", "85.6", "85 apples, not 84"].map(byNumber), [1, 0, 0]);
    const byLetter = verifyBy(choice, "B");
    assert.deepEqual(["(B) Tokyo", "The answer is B.", "A", "Tokyo"].map(byLetter), [1, 1, 0, 0]);
  });
});
