import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { byMeasure, type MeasureKey } from "../../../daemon/studies/measures.ts";
import { armResults, degenerationsOf } from "../../../daemon/studies/results.ts";
import { runData } from "../../../daemon/studies/run-data.ts";
import type { Study } from "../../../daemon/studies/study.ts";
import { planned, records } from "./observed.ts";

const late = (values: Partial<Record<MeasureKey, number>>) => byMeasure((key) => values[key] ?? null);

describe("a run is degenerate", () => {
  const cases: [
    what: string,
    start: number | null,
    end: number | null,
    values: Parameters<typeof late>[0],
    signs: string[],
  ][] = [
    ["if its accuracy is below its start", 0.35, 0.34, {}, ["worse"]],
    ["not if it is the same", 0.35, 0.35, {}, []],
    ["not if it was never measured again", 0.35, null, {}, []],
    ["if fewer than half of the queries are admitted", 0.3, 0.4, { admitted: 0.49 }, ["rejected"]],
    ["not at one half", 0.3, 0.4, { admitted: 0.5 }, []],
    ["at 70 % of the groups without contrast", 0.3, 0.4, { noContrast: 0.7 }, ["flat"]],
    ["not below that", 0.3, 0.4, { noContrast: 0.69 }, []],
    ["if fewer than a quarter of the queries are distinct", 0.3, 0.4, { distinct: 0.24 }, ["copies"]],
    ["not at a quarter", 0.3, 0.4, { distinct: 0.25 }, []],
    [
      "by every sign that holds",
      0.3,
      0.2,
      { admitted: 0, distinct: 0, noContrast: 1 },
      ["worse", "rejected", "flat", "copies"],
    ],
  ];
  for (const [what, start, end, values, signs] of cases) {
    test(what, () => assert.deepEqual(degenerationsOf(start, end, late(values)), signs));
  }
});

describe("an arm's result", () => {
  const study: Study = { name: "s", about: "", base: [], seeds: [1, 2, 3], arms: [planned().arm], groups: [] };
  /** A run of 4 rounds, of which `last` are finished; it begins with an accuracy of 0.25. */
  const run = (seed: number, last: number | null, accuracy = 0, admitted = 1) =>
    runData({
      planned: planned("a", seed),
      rounds: 4,
      records:
        last === null
          ? []
          : records(last, (round) => ({
              "eval/accuracy": round === 0 ? 0.25 : accuracy,
              "challenger/admitted": admitted,
            })),
    });

  test("is mean and range of its seeds", () => {
    const [result] = armResults(study, [run(1, 4, 0.5, 1), run(2, 4, 0.25, 0.5), run(3, 4, 0.75, 0.75)]);
    const { planned: count, finished, counted, start, end, gained, late: values } = result!;
    assert.deepEqual([count, finished, counted.length], [3, 3, 3]);
    assert.deepEqual([start, end, gained, values.admitted], [0.25, { mean: 0.5, low: 0.25, high: 0.75 }, 0.25, 0.75]);
  });

  test("is that of the finished ones as soon as there is one", () => {
    const [result] = armResults(study, [run(1, 4, 0.5), run(2, 3, 0.9), run(3, null)]);
    assert.deepEqual([result!.finished, result!.counted.map(({ seed }) => seed), result!.end?.mean], [1, [1], 0.5]);
  });

  test("is that of all which have begun while none is finished", () => {
    const [result] = armResults(study, [run(1, 2, 0.5), run(2, 3, 1), run(3, null)]);
    assert.deepEqual([result!.finished, result!.counted.map(({ seed }) => seed), result!.end?.mean], [0, [1, 2], 0.75]);
  });

  test("has no numbers before the first round", () => {
    const [result] = armResults(study, [run(1, null)]);
    assert.deepEqual([result!.counted, result!.start, result!.end, result!.gained], [[], null, null, null]);
  });
});
