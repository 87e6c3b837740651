import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { curveOf } from "../../../daemon/studies/curves.ts";
import { selfPlayInstrument } from "../../../daemon/studies/instruments/self-play.ts";
import { runData as condensed, type ObservedRun } from "../../../daemon/studies/run-data.ts";
import { planned, record, records } from "./observed.ts";

const admitted = "challenger/admitted";
const runData = (run: ObservedRun) => condensed(selfPlayInstrument, run);

describe("a run's data", () => {
  test("late values are means of its last 25 rounds", () => {
    // Rounds 16–40 are the last 25 of 40; their mean is 28.
    const { values: late, played } = runData({
      planned: planned(),
      rounds: 300,
      records: records(40, (round) => ({ [admitted]: round })),
    });
    assert.deepEqual([played, late.admitted], [40, 28]);
  });

  test("round 0, which is before training, is in no late value", () => {
    const { values: late } = runData({
      planned: planned(),
      rounds: 300,
      records: records(2, (round) => ({ [admitted]: round })),
    });
    assert.equal(late.admitted, 1.5);
  });

  test("a number that does not exist is in no mean, and is none where there is no other", () => {
    const metrics = (round: number) => ({ "challenger/difficulty": round % 2 === 0 ? null : round, "solver/kl": null });
    const { values: late, series } = runData({ planned: planned(), rounds: 4, records: records(4, metrics) });
    assert.deepEqual([late.difficulty, late.klSolver, late.correlation], [2, null, null]);
    assert.deepEqual([series.difficulty, series.klSolver], [[2], [null]]);
  });

  test("a series has the mean of every five rounds, the last block as many as there are", () => {
    const { series } = runData({
      planned: planned(),
      rounds: 12,
      records: records(12, (round) => ({ [admitted]: round })),
    });
    assert.deepEqual(series.admitted, [3, 8, 11.5]);
  });

  test("accuracy is where it was measured; time is that of all rounds", () => {
    const { accuracy, seconds } = runData({
      planned: planned(),
      rounds: 2,
      records: [record(0, { "eval/accuracy": 0.35 }), record(1), record(2, { "eval/accuracy": 0.5 })],
    });
    assert.deepEqual(
      [accuracy, seconds],
      [
        [
          [0, 0.35],
          [2, 0.5],
        ],
        1.5,
      ],
    );
  });

  test("where everything is answered, valid queries count instead of admitted ones", () => {
    const all = records(30, () => ({ [admitted]: 1 }));
    const valid = new Map([
      [5, 0.25],
      [10, 0.75],
      [30, 0.5],
    ]);
    const { values: late, series } = runData({
      planned: planned(),
      rounds: 30,
      records: all,
      sampled: new Map([["admitted", valid]]),
    });
    assert.equal(late.admitted, (0.75 + 0.5) / 2, "round 5 is not among the last 25");
    assert.deepEqual(series.admitted!.slice(0, 3), [0.25, 0.75, null]);
  });

  test("shares of valid queries are needed of the late rounds and of one in five", () => {
    const [sampled] = selfPlayInstrument.sampled;
    const rounds = records(100, () => ({})).filter((each) => sampled!.needs(each, 100));
    const needed = rounds.map(({ round }) => round);
    assert.equal(needed.length, 15 + 25);
    assert.equal(needed[0], 5);
    for (let round = 76; round <= 100; round++) assert.ok(needed.includes(round), String(round));
  });

  test("nothing is there before the first round", () => {
    const { played, accuracy, values: late, series } = runData({ planned: planned(), rounds: 9, records: [] });
    assert.deepEqual([played, accuracy, late.admitted, series.admitted], [null, [], null, []]);
  });
});

describe("a curve", () => {
  const run = (seed: number, values: (round: number) => number | null, last = 20) =>
    runData({
      planned: planned("a", seed),
      rounds: 20,
      records: records(last, (round) => ({
        [admitted]: values(round),
        "eval/accuracy": round % 10 === 0 ? round : null,
      })),
    });

  test("has mean and range of the seeds", () => {
    const curve = curveOf([run(1, () => 0.2), run(2, () => 0.6)], "admitted", 1);
    assert.deepEqual(
      curve.map(({ round }) => round),
      [3, 8, 13, 18],
    );
    for (const { mean, low, high } of curve) assert.deepEqual([mean, low, high], [0.4, 0.2, 0.6]);
  });

  test("has the seeds that have a value there, and no point where none has", () => {
    const curve = curveOf([run(1, (round) => (round > 10 ? null : 1)), run(2, () => 3, 5)], "admitted", 1);
    assert.deepEqual(curve, [
      { round: 3, mean: 2, low: 1, high: 3 },
      { round: 8, mean: 1, low: 1, high: 1 },
    ]);
  });

  test("is thinned by means of neighbours, at the round in their middle", () => {
    const curve = curveOf([run(1, (round) => round)], "admitted", 2);
    assert.deepEqual(
      curve.map(({ round, mean }) => [round, mean]),
      [
        [5.5, 5.5],
        [15.5, 15.5],
      ],
    );
  });

  test("of accuracy has every evaluation", () => {
    const curve = curveOf([run(1, () => null)], "accuracy", 1);
    assert.deepEqual(
      curve.map(({ round, mean }) => [round, mean]),
      [
        [0, 0],
        [10, 10],
        [20, 20],
      ],
    );
  });
});
