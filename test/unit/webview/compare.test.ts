import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  forget,
  isEqual,
  isOpen,
  isPromptSwapped,
  type Judging,
  newJudging,
  nextOpen,
  pick,
  unpick,
} from "../../../webview/compare/judging.ts";
import { indexesOf, newSetup, requestOf, textsOf } from "../../../webview/compare/setup.ts";
import { choiceOf, isSwapped, type Sides, verdictOf } from "../../../webview/compare/sides.ts";
import { choicesBetween, tallyOf } from "../../../webview/compare/tally.ts";

const sides: Sides = [
  { run: "a", weights: { checkpoint: 300 } },
  { run: "a", weights: "reference" },
];
const setup = newSetup(...sides);
const answer = (text: string) => ({ text, stop: "stop" as const, logprob: -1, reward: 1, selfReward: 7 });
const judgingOf = (pairs: readonly (readonly [string, string])[], blind = true): Judging =>
  newJudging(
    { ...setup, blind },
    {
      weights: ["a, round 300", "base"],
      prompts: pairs.map(([first, second], i) => ({ text: `p${i}`, answers: [answer(first), answer(second)] })),
    },
  );
const by = (id: string) => ({ id, rater: "mk" });

describe("sides", () => {
  test("are swapped for about half of the prompts, the same every time, and only when blind", () => {
    const swapped = Array.from({ length: 1000 }, (_, i) => isSwapped(sides, `prompt ${i}`, i, true));
    const n = swapped.filter(Boolean).length;
    // 500 ± 5 standard deviations: a hash that is no coin fails.
    assert.ok(n > 420 && n < 580, `${n} of 1000`);
    assert.deepEqual(
      swapped,
      swapped.map((_, i) => isSwapped(sides, `prompt ${i}`, i, true)),
    );
    assert.ok(!swapped.some((_, i) => isSwapped(sides, `prompt ${i}`, i, false)));
    const runs = swapped.filter((each, i) => i > 0 && each !== swapped[i - 1]).length;
    assert.ok(runs > 420 && runs < 580, "neighbours tell nothing of each other");
  });

  test("a verdict is a choice and back", () => {
    for (const verdict of ["left", "right", "tie"] as const) {
      for (const swapped of [true, false]) assert.equal(verdictOf(choiceOf(verdict, swapped), swapped), verdict);
    }
    assert.equal(choiceOf("left", false), "first");
    assert.equal(choiceOf("left", true), "second");
  });
});

describe("the setup", () => {
  test("becomes a request", () => {
    assert.deepEqual(requestOf({ ...setup, heldOut: "12" }), {
      params: { sides: [...sides], prompts: { heldOut: 12 }, seed: 0, temperature: 1 },
    });
    assert.deepEqual(requestOf({ ...setup, source: "round", round: "7", queries: "0-2, 9" }), {
      params: { sides: [...sides], prompts: { round: 7, queries: [0, 1, 2, 9] }, seed: 0, temperature: 1 },
    });
    assert.deepEqual(requestOf({ ...setup, source: "texts", texts: "one\nline\n\n \n two " }), {
      params: { sides: [...sides], prompts: { texts: ["one\nline", "two"] }, seed: 0, temperature: 1 },
    });
  });

  const wrong: readonly (readonly [Partial<typeof setup>, string])[] = [
    [{ sides: [sides[0], sides[0]] }, "sides"],
    [{ seed: "-1" }, "seed"],
    [{ seed: "1e3" }, "seed"],
    [{ temperature: "" }, "temperature"],
    [{ temperature: "11" }, "temperature"],
    [{ heldOut: "0" }, "heldOut"],
    [{ heldOut: "65" }, "heldOut"],
    [{ source: "round", round: "" }, "round"],
    [{ source: "round", round: "3", queries: "5-2" }, "queries"],
    [{ source: "round", round: "3", queries: "0-64" }, "queries"],
    [{ source: "texts", texts: " \n\n " }, "texts"],
  ];
  for (const [change, field] of wrong) {
    test(`says what is wrong with ${JSON.stringify(change)}`, () => {
      const request = requestOf({ ...setup, ...change });
      assert.ok("field" in request && request.field === field && request.problem.endsWith("."));
    });
  }

  test("reads indexes in any order, each once", () => {
    assert.deepEqual(indexesOf("9, 0-2,1"), [0, 1, 2, 9]);
    for (const text of ["", "a", "1,", "1--2", "0-70"]) assert.equal(indexesOf(text), undefined);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 9999 }), { minLength: 1, maxLength: 64 }), (indexes) => {
        assert.deepEqual(
          indexesOf(indexes.join(", ")),
          [...indexes].sort((a, b) => a - b),
        );
      }),
    );
  });

  test("cuts prompts at empty lines and loses none", () => {
    const prompt = fc.stringMatching(/^[a-z](?:[a-z \n]?[a-z])*$/).filter((text) => !/\n\s*\n/.test(text));
    fc.assert(fc.property(fc.array(prompt), (all) => assert.deepEqual(textsOf(all.join("\n\n")), all)));
  });
});

describe("judging", () => {
  test("records the choice under the sides' own order, and goes on to the next prompt that differs", () => {
    const start = judgingOf([
      ["1", "2"],
      ["=", "="],
      ["3", "4"],
    ]);
    const made = pick(start, "left", by("one"))!;
    assert.equal(made.pick.choice, isPromptSwapped(start, 0) ? "second" : "first");
    assert.deepEqual(made.pick.answers, ["1", "2"]);
    assert.deepEqual(made.pick.sides, sides);
    assert.equal(made.pick.blind, true);
    assert.equal(made.judging.at, 2, "equal answers are passed over");
    assert.ok(isEqual(start.result, 1) && !isEqual(start.result, 0));
    const done = pick(made.judging, "tie", by("two"))!.judging;
    assert.equal(nextOpen(done), undefined);
    assert.equal(pick(done, "tie", by("three")), undefined, "a pick stands until it is taken back");
  });

  test("shows whose answers they are only after the pick, and says so when one is made again", () => {
    const start = judgingOf([["1", "2"]]);
    assert.equal(isOpen(start, 0), false);
    const { judging } = pick(start, "right", by("one"))!;
    assert.equal(isOpen(judging, 0), true);
    const back = unpick(judging)!;
    assert.equal(back.pick.id, "one");
    assert.equal(pick(back.judging, "left", by("two"))!.pick.blind, false);
    assert.equal(isOpen(judgingOf([["1", "2"]], false), 0), true);
  });

  test("takes picks back in the reverse order, to the start", () => {
    const verdicts = fc.array(fc.constantFrom("left" as const, "right" as const, "tie" as const), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(verdicts, (all) => {
        const start = judgingOf(all.map((_, i) => [`${i}a`, `${i}b`]));
        let judging = start;
        for (const [i, verdict] of all.entries()) judging = pick(judging, verdict, by(String(i)))!.judging;
        const ids: string[] = [];
        for (let back = unpick(judging); back; back = unpick(judging)) {
          ids.push(back.pick.id);
          judging = back.judging;
        }
        assert.deepEqual(ids, all.map((_, i) => String(i)).reverse());
        assert.deepEqual(judging.picks, start.picks);
        assert.equal(judging.at, 0);
      }),
    );
  });

  test("forgets a pick that was given up", () => {
    const { judging } = pick(judgingOf([["1", "2"]]), "tie", by("one"))!;
    assert.deepEqual(forget(judging, "one").picks, [undefined]);
    assert.deepEqual(forget(judging, "one").order, []);
    assert.equal(forget(judging, "other"), judging);
  });
});

describe("the tally", () => {
  test("counts the picks of these two sides, whichever came first", () => {
    const made = { rater: "mk", prompt: "p", answers: ["1", "2"], blind: true };
    const picks = [
      { ...made, sides: [...sides], choice: "first" as const },
      { ...made, sides: [sides[1], sides[0]], choice: "first" as const },
      { ...made, sides: [sides[1], sides[0]], choice: "tie" as const },
      { ...made, sides: [sides[0], { run: "b", weights: "current" as const }], choice: "first" as const },
    ];
    assert.deepEqual(tallyOf(choicesBetween(picks, sides)), { wins: 1, ties: 1, losses: 1 });
  });
});
