import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { imitationInstrument } from "../../../daemon/studies/instruments/imitation.ts";
import { selfPlayInstrument } from "../../../daemon/studies/instruments/self-play.ts";
import { armResults, runResult } from "../../../daemon/studies/results.ts";
import { runData } from "../../../daemon/studies/run-data.ts";
import type { Study } from "../../../daemon/studies/study.ts";
import { planned, records } from "./observed.ts";

/** Signs that hold in a run which has evaluated so, and has the same metrics in every round. */
const degenerationsOf = (
  start: number | null,
  end: number | null,
  metrics: Record<string, number>,
): readonly string[] => {
  const accuracyOf = (round: number): number | null => (round === 0 ? start : round === 4 ? end : null);
  const observed = {
    planned: planned(),
    rounds: 4,
    records: records(4, (round) => ({ ...metrics, "eval/accuracy": accuracyOf(round) })),
  };
  return runResult({ instrument: selfPlayInstrument }, runData(selfPlayInstrument, observed)).signs;
};
const [admitted, noContrast, distinct] = [
  "challenger/admitted",
  "solver/frac_reward_zero_std",
  "challenger/distinct",
] as const;

describe("a run is degenerate", () => {
  const cases: [
    what: string,
    start: number | null,
    end: number | null,
    values: Record<string, number>,
    signs: string[],
  ][] = [
    ["if its accuracy is below its start", 0.35, 0.34, {}, ["worse"]],
    ["not if it is the same", 0.35, 0.35, {}, []],
    ["not if it was never measured again", 0.35, null, {}, []],
    ["if fewer than half of the queries are admitted", 0.3, 0.4, { [admitted]: 0.49 }, ["rejected"]],
    ["not at one half", 0.3, 0.4, { [admitted]: 0.5 }, []],
    ["at 70 % of the groups without contrast", 0.3, 0.4, { [noContrast]: 0.7 }, ["flat"]],
    ["not below that", 0.3, 0.4, { [noContrast]: 0.69 }, []],
    ["if fewer than a quarter of the queries are distinct", 0.3, 0.4, { [distinct]: 0.24 }, ["copies"]],
    ["not at a quarter", 0.3, 0.4, { [distinct]: 0.25 }, []],
    [
      "by every sign that holds",
      0.3,
      0.2,
      { [admitted]: 0, [distinct]: 0, [noContrast]: 1 },
      ["worse", "rejected", "flat", "copies"],
    ],
  ];
  for (const [what, start, end, values, signs] of cases) {
    test(what, () => assert.deepEqual(degenerationsOf(start, end, values), signs));
  }
});

describe("an arm's result", () => {
  const study: Study = {
    name: "s",
    about: "",
    base: [],
    seeds: [1, 2, 3],
    arms: [planned().arm],
    groups: [],
    instrument: selfPlayInstrument,
  };
  /** A run of 4 rounds, of which `last` are finished; it begins with an accuracy of 0.25. */
  const run = (seed: number, last: number | null, accuracy = 0, admitted = 1) =>
    runData(selfPlayInstrument, {
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
    const { planned: count, finished, counted, start, end, gained, values } = result!;
    assert.deepEqual([count, finished, counted.length], [3, 3, 3]);
    assert.deepEqual(
      [start, end, gained, values.admitted?.mean],
      [0.25, { mean: 0.5, low: 0.25, high: 0.75 }, 0.25, 0.75],
    );
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

describe("a run of imitation is divergent", () => {
  /** What holds in a run that was evaluated with these accuracies and log-likelihoods, at its start and at its end. */
  const signs = (accuracy: [number, number], logprob: [number, number], problem?: string): readonly string[] => {
    const metrics = (round: number): Record<string, number> => {
      const i = [0, 4].indexOf(round);
      return i < 0 ? {} : { "eval/accuracy": accuracy[i]!, "eval/real_logprob": logprob[i]! };
    };
    const run = runData(imitationInstrument, { planned: planned(), rounds: 4, records: records(4, metrics), problem });
    return runResult({ instrument: imitationInstrument }, run).signs;
  };

  test("if it ends ten points or more below its start", () => {
    assert.deepEqual(signs([0.352, 0.252], [-1, -1]), ["worse"]);
    assert.deepEqual(signs([0.352, 0.253], [-1, -1]), []);
  });
  test("if the expert's answers have become less likely by more than a nat a token", () => {
    assert.deepEqual(signs([0.3, 0.3], [-1, -2.01]), ["unlikely"]);
    assert.deepEqual(signs([0.3, 0.3], [-1, -2]), []);
  });
  test("if its numbers ended it, and by no other problem", () => {
    assert.deepEqual(signs([0.3, 0.1], [-1, -3], "run/not-finite"), ["worse", "unlikely", "not finite"]);
    assert.deepEqual(signs([0.3, 0.3], [-1, -1], "engine/out-of-memory"), []);
  });
  test("and has then come to its end, before its last round", () => {
    const observed = { planned: planned(), rounds: 9, records: records(4, () => ({})) };
    const finished = (problem?: string): boolean =>
      runResult({ instrument: imitationInstrument }, runData(imitationInstrument, { ...observed, problem })).finished;
    assert.deepEqual([finished(), finished("run/not-finite"), finished("run/failed")], [false, true, false]);
  });
});

describe("what is read of an imitation", () => {
  const metrics = (round: number) => ({
    "imitation/rewards/min": -round,
    "imitation/rewards/max": round === 20 ? 50 : round,
    ...(round % 2 === 0 ? { "imitation/rewards/real": 1 } : { "imitation/rewards/chosen": 3 }),
    ...(round % 15 === 0 && { "eval/real_logprob": -2 + round / 30, "eval/accuracy": 0.5 }),
  });
  const run = (seed: number, shift = 0) =>
    runData(imitationInstrument, {
      planned: planned("a", seed),
      rounds: 30,
      records: records(30, metrics),
      sampled: new Map([
        [
          "beyond",
          new Map([
            [15, 0.2 + shift],
            [30, 0.4 + shift],
          ]),
        ],
      ]),
    });

  test("the rewards' range is that of the whole run, the likelihood that of the last evaluation", () => {
    const { values, points, series } = run(1);
    assert.deepEqual([values.least, values.greatest, values.logprob, values.beyond], [-30, 50, -1, 0.2 + 0.1]);
    assert.ok(Math.abs(values.expert! - 2) < 0.1, "real and chosen are the same measure");
    assert.deepEqual(points.logprob, [
      [0, -2],
      [15, -1.5],
      [30, -1],
    ]);
    assert.equal(series.logprob, undefined);
    assert.equal(series.greatest!.length, 6);
  });

  test("an arm has mean and range of its seeds", () => {
    const study = { name: "s", about: "", base: [], seeds: [1, 2], arms: [planned().arm], groups: [] };
    const [result] = armResults({ ...study, instrument: imitationInstrument }, [run(1), run(2, 0.5)]);
    const { mean, low, high } = result!.values.beyond!;
    assert.deepEqual(
      [mean, low, high].map((each) => each.toFixed(3)),
      ["0.550", "0.300", "0.800"],
    );
    assert.equal(result!.values.tokens, null);
  });

  test("samples say what share of the rewards is beyond 1, and how many tokens there were", () => {
    const answer = (role: "real" | "generated", implicit: number | null, tokens: number) => ({
      ...{ text: "", logprobs: [], referenceLogprobs: [], stop: "stop" as const, reward: null, selfReward: null },
      ...{ advantage: 0, role, implicit, tokens: Array<number>(tokens).fill(0) },
    });
    const query = (...answers: ReturnType<typeof answer>[]) => ({
      ...{ index: 0, text: "", tokens: [], logprobs: [], referenceLogprobs: [], admitted: true, V: null, VQ: null },
      ...{ advantage: 0, answers },
    });
    const queries = [
      query(answer("real", 1.5, 2), answer("generated", -1, 3)),
      query(answer("real", 0, 2), answer("generated", -4, 4)),
    ];
    const read = (some: typeof queries) => imitationInstrument.sampled.map(({ key, of }) => [key, of(some)]);
    assert.deepEqual(read(queries), [
      ["beyond", 0.5],
      ["tokens", 11],
      ["generated", 7],
    ]);
    assert.deepEqual(read([query(answer("real", null, 2))]), [
      ["beyond", null],
      ["tokens", 2],
      ["generated", 0],
    ]);
  });
});
