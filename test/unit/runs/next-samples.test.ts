import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextSamples, placeOf, spread } from "../../../daemon/runs/interactive/next-samples.ts";
import type { QueryRecord } from "../../../daemon/store/records.ts";
import { fakeQuery } from "../cli/fake-run.ts";

/** A round's two queries with two answers each, of scores from 0 to 7. */
function queriesOf(round: number): QueryRecord[] {
  return [0, 1].map((index) => {
    const query = fakeQuery(`${round}+${index}`, "x", 0);
    const answers = [0, 1].map((answer) => ({
      ...query.answers[0]!,
      text: `answer ${answer} of round ${round}`,
      selfReward: (2 * index + answer + round) % 8,
    }));
    return { ...query, index, answers };
  });
}

describe("which answers are rated", () => {
  let read: number[] = [];
  const places = async (
    options: Partial<{ rounds: number[]; rated: Set<string>; count: number; rater: string }> = {},
  ): Promise<{ place: string; score: number | null }[]> => {
    read = [];
    const given = { rounds: [1, 2, 3, 4, 5, 6, 7, 8], rated: new Set<string>(), count: 8, rater: "me", ...options };
    const picked = await nextSamples({
      ...given,
      queriesOf: async (round) => {
        read.push(round);
        return queriesOf(round);
      },
    });
    return picked.map(({ round, query, index, answer }) => {
      return { place: placeOf({ round, query: query.index, answer: index }), score: answer.selfReward };
    });
  };

  test("come from rounds in equal steps", () => {
    const rounds = Array.from({ length: 100 }, (_, i) => i + 1);
    assert.deepEqual(spread(rounds, 4), [13, 38, 63, 88]);
    assert.deepEqual(spread([5, 7], 4), [5, 7]);
    assert.deepEqual(spread([], 4), []);
  });
  test("are of every score before one comes twice", async () => {
    const picked = await places();
    assert.equal(picked.length, 8);
    assert.ok(new Set(picked.map(({ score }) => score)).size >= 7, JSON.stringify(picked));
  });
  test("are the same on every day, and others for another rater", async () => {
    assert.deepEqual(await places(), await places());
    assert.notDeepEqual(await places(), await places({ rater: "you" }));
  });
  test("come each once, until there is none left; each round is read once", async () => {
    const all = await places({ rounds: [1, 2], count: 100 });
    assert.equal(new Set(all.map(({ place }) => place)).size, 8);
    assert.equal(all.length, 8);
    assert.deepEqual(read.sort(), [1, 2]);
  });
  test("are not those that were rated before", async () => {
    const [first, ...rest] = await places({ rounds: [1], count: 100 });
    const left = await places({ rounds: [1], count: 100, rated: new Set([first!.place]) });
    assert.deepEqual(left.map(({ place }) => place).sort(), rest.map(({ place }) => place).sort());
  });
  test("of a long run cost only the rounds that they are of", async () => {
    const rounds = Array.from({ length: 10_000 }, (_, i) => i + 1);
    assert.equal((await places({ rounds, count: 20 })).length, 20);
    assert.deepEqual(
      read.sort((a, b) => a - b),
      spread(rounds, 20),
    );
  });
});
