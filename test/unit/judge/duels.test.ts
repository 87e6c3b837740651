import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Duel, judgeDuels, type Outcome, tallyOf } from "../../../daemon/judge/pairwise/duels.ts";
import type { Scorer } from "../../../daemon/judge/scorer.ts";

/** Scores an answer by what it says; "?" can't be scored. */
const literal: Scorer = {
  name: "literal",
  range: [0, 9],
  score: async (pairs) =>
    pairs.map(({ answer }) =>
      answer === "?" ? { value: null, unscored: "it says nothing" } : { value: Number(answer) },
    ),
};
/** Likes whatever comes first of two. */
const first: Scorer = {
  name: "first",
  range: [0, 1],
  score: async (pairs) => pairs.map((_, i) => ({ value: 1 - (i % 2) })),
};

const duel = (ours: string, theirs: string): Duel => ({
  query: "q",
  ours: { answer: ours, stop: "stop" },
  theirs: { answer: theirs, stop: "stop" },
});
const answer = fc.constantFrom("0", "1", "2", "?");
const duels = fc.array(fc.tuple(answer, answer).map(([ours, theirs]) => duel(ours, theirs)));

describe("duels", () => {
  test("are won by the higher score, tied by equal ones, and unscored where an answer is", async () => {
    const outcomes = await judgeDuels(
      [literal, literal],
      [duel("2", "1"), duel("0", "1"), duel("1", "1"), duel("?", "1"), duel("1", "?")],
    );
    const unscored: Outcome = { result: null, unscored: "it says nothing" };
    assert.deepEqual(outcomes, [
      { result: "win", swapped: false },
      { result: "loss", swapped: false },
      { result: "tie", swapped: false },
      unscored,
      unscored,
    ]);
  });

  test("by a judge that goes by position are all ties, and counted as such", async () => {
    const outcomes = await judgeDuels([first, first], [duel("a", "b"), duel("c", "d")]);
    assert.deepEqual(tallyOf(outcomes), { wins: 0, ties: 2, losses: 0, swapped: 2, unscored: 0 });
  });

  test("that one look ties and the other decides are ties on which the looks disagree", async () => {
    const even: Scorer = { ...literal, score: async (pairs) => pairs.map(() => ({ value: 1 })) };
    assert.deepEqual(await judgeDuels([literal, even], [duel("2", "1")]), [{ result: "tie", swapped: true }]);
    assert.deepEqual(await judgeDuels([even, literal], [duel("2", "1")]), [{ result: "tie", swapped: true }]);
  });

  test("of equal answers are ties that nobody judges, unless one was cut", async () => {
    const asked: number[] = [];
    const counting: Scorer = {
      ...literal,
      score: async (pairs) => {
        asked.push(pairs.length);
        return pairs.map(({ stop }) => ({ value: stop === "stop" ? 1 : 0 }));
      },
    };
    const cut: Duel = { ...duel("1", "1"), theirs: { answer: "1", stop: "length" } };
    const outcomes = await judgeDuels([counting, counting], [duel("?", "?"), cut]);
    assert.deepEqual(outcomes, [
      { result: "tie", swapped: false },
      { result: "win", swapped: false },
    ]);
    assert.deepEqual(asked, [2, 2]);
  });

  test("are mirrored when the sides are swapped, and every one is counted once", async () => {
    await fc.assert(
      fc.asyncProperty(duels, async (given) => {
        const mirrored = given.map(({ query, ours, theirs }): Duel => ({ query, ours: theirs, theirs: ours }));
        const ours = tallyOf(await judgeDuels([literal, literal], given));
        const theirs = tallyOf(await judgeDuels([literal, literal], mirrored));
        assert.deepEqual(theirs, { ...ours, wins: ours.losses, losses: ours.wins });
        assert.equal(ours.wins + ours.ties + ours.losses + ours.unscored, given.length);
        assert.equal(ours.swapped, 0);
      }),
    );
  });
});
