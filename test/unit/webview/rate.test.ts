import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Batch,
  currentOf,
  enter,
  giveUp,
  newBatch,
  paceOf,
  previousOf,
  reveal,
  type Sample,
  submit,
  takeBack,
} from "../../../webview/rate/batch.ts";
import { emptyEntry, scoreOf, setAll, setNote, setScore, sumOf, toggle } from "../../../webview/rate/entry.ts";
import { keptFor } from "../../../webview/rate/kept.ts";

const sample = (query: number): Sample => ({
  run: "a",
  round: 3,
  query,
  answer: 1,
  queryText: `q${query}`,
  answerText: `a${query}`,
  tokens: 2,
  stop: "stop",
});
const by = (id: string, seconds = 5) => ({ id, rater: "mk", seconds, skipped: false });

describe("an entry", () => {
  test("has the sum of its criteria as its score, until the rater makes it differ", () => {
    const three = [0, 2, 4].reduce((entry, index) => toggle(entry, index), emptyEntry);
    assert.equal(scoreOf(three), 3);
    const five = setScore(three, 5);
    assert.deepEqual([scoreOf(five), sumOf(five)], [5, 3]);
    assert.equal(scoreOf(toggle(five, 6)), 6, "a difference is kept when a criterion is turned over");
    assert.equal(scoreOf(setAll(five, false)), 0, "none met says 0 whatever was said before");
  });

  test("always scores 0 to 7, and toggling twice changes nothing", () => {
    const steps = fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 6 }).map((index) => (entry: typeof emptyEntry) => toggle(entry, index)),
        fc.integer({ min: -3, max: 10 }).map((score) => (entry: typeof emptyEntry) => setScore(entry, score)),
        fc.boolean().map((met) => (entry: typeof emptyEntry) => setAll(entry, met)),
      ),
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 6 }), (all, index) => {
        const entry = all.reduce((now, step) => step(now), emptyEntry);
        assert.ok(scoreOf(entry) >= 0 && scoreOf(entry) <= 7);
        assert.equal(scoreOf(toggle(toggle(entry, index), index)), scoreOf(entry));
      }),
    );
  });

  test("is untouched by a note: Enter must not rate what nobody scored", () => {
    assert.equal(setNote(emptyEntry, "odd").touched, false);
  });
});

describe("a batch", () => {
  const start = newBatch([sample(0), sample(1)], true);

  test("submits what was entered, with the criteria, the time and a trimmed note", () => {
    const entered = enter(start, setNote(setAll(emptyEntry, true), "  good "));
    const { batch, rating } = submit(entered, by("one"));
    assert.deepEqual(rating, {
      id: "one",
      rater: "mk",
      round: 3,
      query: 0,
      answer: 1,
      score: 7,
      criteria: [1, 1, 1, 1, 1, 1, 1],
      comment: "good",
      blind: true,
      seconds: 5,
    });
    assert.equal(currentOf(batch)?.sample.query, 1);
  });

  test("skips with a null score and no criteria", () => {
    const { rating } = submit(start, { ...by("one"), skipped: true });
    assert.equal(rating.score, null);
    assert.equal(rating.criteria, undefined);
  });

  test("brings a sample that is taken back with its entry, and keeps the one that it pushes aside", () => {
    const first = submit(enter(start, setAll(emptyEntry, true)), by("one")).batch;
    const begun = enter(first, toggle(emptyEntry, 3));
    const back = takeBack(begun, 2);
    assert.equal(currentOf(back)?.sample.query, 0);
    assert.equal(scoreOf(currentOf(back)!.entry), 7);
    const { batch, rating } = submit(back, by("two", 1));
    assert.equal(rating.seconds, 6, "time on a sample adds up");
    assert.deepEqual(currentOf(batch)?.entry, { ...toggle(emptyEntry, 3), seconds: 2 });
  });

  test("says that a rating made after the judge's scores were seen is not blind", () => {
    const shown = reveal(submit(enter(start, setAll(emptyEntry, true)), by("one")).batch);
    assert.equal(submit(takeBack(shown, 0), by("two")).rating.blind, false);
    assert.equal(submit(enter(shown, setAll(emptyEntry, true)), by("two")).rating.blind, true);
    assert.equal(reveal(shown), shown, "seen once is seen");
  });

  test("counts a rating that was given up as skipped", () => {
    const { batch } = submit(enter(start, setAll(emptyEntry, true)), by("one"));
    assert.equal(giveUp(batch, "one").submitted[0]?.score, null);
    assert.equal(giveUp(batch, "other").submitted[0]?.score, 7);
  });

  test("knows a rating that was given up: its sample may come again, so nothing may be revealed of it", () => {
    const { batch } = submit(enter(start, setAll(emptyEntry, true)), by("one"));
    assert.equal(previousOf(batch)?.isLost, false);
    const lost = giveUp(batch, "one");
    assert.equal(previousOf(lost)?.isLost, true);
    assert.equal(
      previousOf(submit(takeBack(lost, 0), by("two")).batch)?.isLost,
      false,
      "rated again, it is saved again",
    );
  });

  test("tells its pace from the median time, from the third sample on", () => {
    const timed = (seconds: readonly number[]): Batch =>
      seconds.reduce(
        (batch, each, i) => submit(enter(batch, setAll(emptyEntry, true)), by(String(i), each)).batch,
        newBatch(
          seconds.map((_, i) => sample(i)),
          true,
        ),
      );
    assert.equal(paceOf(timed([4, 4])), undefined);
    assert.equal(paceOf(timed([4, 6, 3600])), 10);
    assert.equal(paceOf(timed([4, 6, 6, 3600])), 10);
  });
});

describe("what an earlier panel left", () => {
  const input = { run: "a" };
  const batch = newBatch([sample(0)], true);
  const errands = [{ kind: "remove", run: "a", id: "one", tried: true }] as const;

  test("comes back to the same run and rater; unsent ratings always come back", () => {
    const kept = { format: 1, input, rater: "mk", batch, errands };
    assert.deepEqual(keptFor(kept, { run: "a" }, "mk"), { batch, errands });
    assert.deepEqual(keptFor(kept, { run: "b" }, "mk"), { batch: undefined, errands });
    assert.deepEqual(keptFor(kept, input, "jo"), { batch: undefined, errands });
  });

  test("is nothing where the editor has nothing, or another version's", () => {
    for (const state of [undefined, null, 3, {}, { format: 2, errands }]) {
      assert.deepEqual(keptFor(state, input, "mk"), { batch: undefined, errands: [] });
    }
  });
});
