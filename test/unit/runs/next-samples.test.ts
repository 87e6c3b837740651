import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { placeOf } from "../../../daemon/judge/agreement/cases.ts";
import type { Pick } from "../../../daemon/judge/agreement/queue.ts";
import { judgedAnswers } from "../../../daemon/runs/rating/judged-rounds.ts";
import { nextSamples, roundsRead, samplesOf, spread } from "../../../daemon/runs/rating/next-samples.ts";
import type { QueryRecord, Rating } from "../../../daemon/store/records.ts";
import { fakeQuery } from "../cli/fake-run.ts";

/** A round's two queries with two answers each, of scores from 0 to 7; a verifier says of all of them that they are wrong. */
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

function ratingsOf(picks: readonly Pick[], change: Partial<Rating> = {}): Rating[] {
  return picks.map(({ round, query, answer }) => {
    const at = "2025-11-21T04:00:00.000Z";
    return {
      id: `${round}/${query}/${answer}`,
      at,
      rater: "me",
      round,
      query,
      answer,
      score: 3,
      blind: true,
      ...change,
    };
  });
}

describe("which answers are rated", () => {
  let read: number[] = [];
  const eight = [1, 2, 3, 4, 5, 6, 7, 8];
  const pick = (
    options: Partial<{ rounds: number[]; ratings: Rating[]; count: number; rater: string }> = {},
  ): Promise<Pick[]> => {
    read = [];
    const judgedOf = async (round: number) => {
      read.push(round);
      return judgedAnswers(round, queriesOf(round));
    };
    return nextSamples({ rounds: eight, ratings: [], takenBack: [], count: 8, rater: "me", judgedOf, ...options });
  };
  const placesOf = (picks: readonly Pick[]): string[] => picks.map(placeOf);
  const scoreOf = ({ round, query, answer }: Pick): number => (2 * query + answer + round) % 8;

  test("come from rounds in equal steps", () => {
    const rounds = Array.from({ length: 100 }, (_, i) => i + 1);
    assert.deepEqual(spread(rounds, 4), [13, 38, 63, 88]);
    assert.deepEqual(spread([5, 7], 4), [5, 7]);
    assert.deepEqual(spread([], 4), []);
  });
  test("are more often those on which scorers disagree than chance has it, and not those alone", async () => {
    const picked = await pick({ count: 16 });
    const doubted = picked.filter((each) => scoreOf(each) > 3);
    assert.ok(doubted.length > 8 && doubted.length < 16, `${doubted.length} of 16, one half of all`);
    assert.ok(doubted.every(({ reason }) => /^scorers disagree on it \(which way is hidden\) · /.test(reason)));
  });
  test("are of queries that nobody has rated, and of all quarters of the run", async () => {
    const picked = await pick({ count: 8 });
    assert.equal(new Set(picked.map(({ round, query }) => `${round}/${query}`)).size, 8);
    assert.equal(new Set(picked.map(({ round }) => Math.ceil(round / 2))).size, 4);
  });
  test("have a reason in words that tells neither a score nor a round", async () => {
    for (const { reason } of await pick({ count: 32 })) {
      assert.match(
        reason,
        /^((scorers disagree on it \(which way is hidden\)|scored near an end of the scale \(which one is hidden\)) · )?its quarter of the rounds has (\d+ ratings|1 rating) · a rating like it narrows the intervals by about [\d.]+ %$/,
      );
    }
  });
  test("are the same on every day, and others for another rater", async () => {
    assert.deepEqual(await pick(), await pick());
    assert.notDeepEqual(await pick(), await pick({ rater: "you" }));
  });
  test("come each once, until there is none left; each round is read once", async () => {
    const all = placesOf(await pick({ rounds: [1, 2], count: 100 }));
    assert.equal(new Set(all).size, 8);
    assert.equal(all.length, 8);
    assert.deepEqual(read.sort(), [1, 2]);
  });
  test("are not those that the rater rated or skipped before", async () => {
    const [first, second, ...rest] = await pick({ rounds: [1], count: 100 });
    const ratings = [...ratingsOf([first!]), ...ratingsOf([second!], { score: null })];
    const left = await pick({ rounds: [1], count: 100, ratings });
    assert.deepEqual(placesOf(left).sort(), placesOf(rest).sort());
  });
  test("come again, one in twenty, after twenty others, and once; the reason doesn't tell", async () => {
    const before = await pick({ count: 30 });
    const ratings = ratingsOf(before);
    const picked = await pick({ count: 20, ratings, rounds: [...eight, 9, 10, 11, 12] });
    const again = picked.filter((each) => placesOf(before).includes(placeOf(each)));
    assert.equal(again.length, 1);
    assert.ok(placesOf(before.slice(0, 10)).includes(placeOf(again[0]!)));
    assert.match(again[0]!.reason, /its quarter of the rounds has \d+ ratings? · a rating like it narrows/);
    const rated = [...ratings, ...ratingsOf(picked).map((rating) => ({ ...rating, id: `again ${rating.id}` }))];
    const later = await pick({ count: 20, ratings: rated, rounds: [...eight, 9, 10, 11, 12, 13, 14, 15] });
    assert.ok(!placesOf(later).includes(placeOf(again[0]!)));
  });
  test("come again once also to a rater who skips them, or asks for one at a time", async () => {
    const rounds = [...eight, 9, 10, 11, 12];
    const ratings = ratingsOf(await pick({ count: 39, rounds }));
    const shown: string[] = [];
    for (let i = 0; i < 21; i++) {
      const [next] = await pick({ count: 1, rounds: [...rounds, 13, 14, 15, 16, 17, 18, 19, 20], ratings });
      shown.push(placeOf(next!));
      ratings.push(...ratingsOf([next!], { id: `again ${i}`, score: null }));
    }
    const places = ratings.slice(0, 39).map(placeOf);
    assert.equal(shown.filter((place) => places.includes(place)).length, 2, "the 40th and the 60th");
    assert.equal(new Set(shown).size, shown.length);
  });
  test("are, one in twenty, those that another rater rated", async () => {
    const theirs = await pick({ rater: "you", count: 2 });
    const picked = await pick({ count: 20, ratings: ratingsOf(theirs, { rater: "you" }), rounds: spread(eight, 100) });
    assert.ok(placesOf(picked).some((place) => placesOf(theirs).includes(place)));
  });
  test("of a long run cost only rounds in equal steps, and those that are rated", async () => {
    const rounds = Array.from({ length: 10_000 }, (_, i) => i + 1);
    const ratings = ratingsOf([{ round: 17, query: 0, answer: 0, reason: "" }]);
    assert.equal((await pick({ rounds, ratings, count: 20 })).length, 20);
    assert.deepEqual(
      read.sort((a, b) => a - b),
      [17, ...spread(rounds, roundsRead)].sort((a, b) => a - b),
    );
  });
  test("are shown with their texts and reasons, each round read once, and nothing of the scores", async () => {
    const picked = await pick();
    const asked: number[] = [];
    const samples = await samplesOf("r", picked, async (round) => {
      asked.push(round);
      return queriesOf(round);
    });
    assert.equal(new Set(asked).size, asked.length);
    const { round, query, answer, reason } = picked[0]!;
    assert.deepEqual(samples[0], {
      run: "r",
      ...{ round, query, answer, reason },
      queryText: `${round}+${query}`,
      answerText: `answer ${answer} of round ${round}`,
      tokens: queriesOf(round)[0]!.answers[0]!.tokens.length,
      stop: "stop",
    });
  });
});
