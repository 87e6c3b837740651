import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { RoundScores, Score } from "../../../daemon/selfplay/algorithm.ts";
import { algorithms } from "../../../daemon/selfplay/registry.ts";
import type { AlgorithmSettings } from "../../../daemon/selfplay/settings.ts";
import { assertClose } from "./close.ts";
import { anyScores, defaults, scoresOf } from "./rounds.ts";

const names = ["lsp", "lsp-zero", "grpo"] as const;
const anySettings: fc.Arbitrary<AlgorithmSettings> = fc.record({
  ...Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, fc.constant(value)])),
  onReject: fc.constantFrom("drop", "penalise"),
  normalization: fc.constantFrom("grpo", "dapo", "dr_grpo"),
  selfRewardScale: fc.constantFrom(0, 0.25, 1),
}) as fc.Arbitrary<AlgorithmSettings>;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const shifted = (rows: readonly (readonly Score[])[], by: number): Score[][] =>
  rows.map((row) => row.map((score) => (score === null ? null : score + by)));

for (const name of names) {
  describe(`${name}: advantages`, () => {
    const { advantages } = algorithms[name];

    test("sum to 0 in every group and over the Challenger's queries", () => {
      fc.assert(
        fc.property(anyScores, anySettings, (scores, settings) => {
          const { solver_NG, challenger_N } = advantages(scores, settings);
          for (const group of [...solver_NG, challenger_N]) assert.ok(Math.abs(sum(group)) < 1e-9, `${group}`);
        }),
      );
    });

    test("don't change when all rewards, or all self-rewards, are shifted", () => {
      fc.assert(
        fc.property(anyScores, anySettings, fc.integer({ min: -8, max: 8 }), (scores, settings, by) => {
          const before = advantages(scores, settings);
          for (const key of ["reward_NG", "selfReward_NG"] as const) {
            const after = advantages({ ...scores, [key]: shifted(scores[key], by) }, settings);
            assertClose(after.solver_NG, before.solver_NG, 1e-9, "solver");
            assertClose(after.challenger_N, before.challenger_N, 1e-9, "challenger");
          }
        }),
      );
    });

    test("an unscored answer is as good as one that was never drawn", () => {
      fc.assert(
        fc.property(anyScores, anySettings, (scores, settings) => {
          const known = scores.reward_NG.map((row, i) =>
            row.map((R, j) => R !== null && (name !== "lsp" || scores.selfReward_NG[i][j] !== null)),
          );
          const keep = <T>(rows: readonly (readonly T[])[]): T[][] =>
            rows.map((row, i) => row.filter((_, j) => known[i][j]));
          const without = { ...scores, reward_NG: keep(scores.reward_NG), selfReward_NG: keep(scores.selfReward_NG) };
          const withUnscored = advantages(scores, settings).solver_NG;
          assertClose(keep(withUnscored), advantages(without, settings).solver_NG, 1e-12, "scored");
          const unscored = withUnscored.flatMap((row, i) => row.filter((_, j) => !known[i][j]));
          assert.ok(unscored.every((advantage) => advantage === 0));
        }),
      );
    });

    test("equal rewards give exactly 0, also where their mean rounds", () => {
      const scores = scoresOf([[0.1, 0.1, 0.1]], [[3, 3, 3]]);
      assert.deepEqual(advantages(scores, defaults).solver_NG, [[0, 0, 0]]);
    });

    test("fewer than two scored answers give 0, and a note", () => {
      const scores = scoresOf(
        [
          [1, null, null],
          [null, null, null],
          [1, 0, 1],
        ],
        [
          [7, 6, 5],
          [7, 6, 5],
          [1, 2, 3],
        ],
      );
      const { solver_NG, V_N, notes } = advantages(scores, defaults);
      assert.deepEqual(solver_NG.slice(0, 2), [
        [0, 0, 0],
        [0, 0, 0],
      ]);
      assert.equal(V_N[0], 1);
      assert.equal(V_N[1], null);
      assert.deepEqual(notes.slice(0, 2), [
        "5 of 9 answers are unscored: out of their group's mean, with advantage 0",
        "2 of 3 groups have fewer than 2 scored answers: their advantages are 0",
      ]);
    });

    test("no contrast anywhere is said", () => {
      const scores = scoresOf(
        [
          [1, 1],
          [0, 0],
        ],
        [
          [3, 3],
          [3, 3],
        ],
      );
      const { notes } = advantages(scores, defaults);
      assert.ok(notes.includes("no contrast in any group: the Solver learns nothing from this round's rewards"));
    });
  });
}

describe("the Challenger's rewards", () => {
  const R = [
    [1, 1],
    [1, 0],
    [0, 0],
  ];
  const RQ = [
    [7, 7],
    [4, 4],
    [0, 2],
  ];

  test("minimax is −V, frontier prefers queries that are right half of the time", () => {
    const minimax = algorithms["lsp-zero"].advantages(scoresOf(R), defaults);
    assertClose(minimax.challengerReward_N, [-1, -0.5, 0], 0, "minimax");
    const frontier = algorithms["lsp-zero"].advantages(scoresOf(R), { ...defaults, objective: "frontier" });
    assert.deepEqual(frontier.challengerReward_N, [0, 1, 0]);
  });

  test("LSP adds V_Q, and the scale weighs it in both roles", () => {
    const { challengerReward_N, VQ_N, solver_NG } = algorithms.lsp.advantages(scoresOf(R, RQ), {
      ...defaults,
      selfRewardScale: 0.5,
    });
    assert.deepEqual(VQ_N, [3.5, 2, 0.5]);
    assert.deepEqual(challengerReward_N, [2.5, 1.5, 0.5]);
    assert.deepEqual(solver_NG[2], [-0.5, 0.5]);
  });

  test("the self-reward can turn the Challenger's advantage around", () => {
    const hardest = (name: "lsp" | "lsp-zero"): number =>
      algorithms[name].advantages(scoresOf(R, RQ), defaults).challenger_N[2];
    assert.ok(hardest("lsp-zero") > 0);
    assert.ok(hardest("lsp") < 0);
  });

  test("a query without scored answers is out of the mean", () => {
    const { challengerReward_N, challenger_N } = algorithms["lsp-zero"].advantages(
      scoresOf([
        [1, 1],
        [null, null],
        [0, 0],
      ]),
      defaults,
    );
    assertClose(challengerReward_N, [-1, null, 0], 0, "reward");
    assert.deepEqual(challenger_N, [-0.5, 0, 0.5]);
  });

  test("queries that all earn the same teach the Challenger nothing, and a note says so", () => {
    const { notes } = algorithms["lsp-zero"].advantages(
      scoresOf([
        [1, 0],
        [0, 1],
      ]),
      defaults,
    );
    assert.ok(notes.includes("all queries earned the same: the Challenger learns nothing this round"));
  });
});

describe("rejected queries", () => {
  const scores: RoundScores = {
    ...scoresOf([[1, 1], [0, 0], [], []]),
    admitted_N: [true, true, false, false],
    heldOut_N: [false, false, false, true],
  };
  const { advantages } = algorithms["lsp-zero"];

  test("drop: out of the mean", () => {
    const { challengerReward_N, challenger_N } = advantages(scores, { ...defaults, onReject: "drop" });
    assertClose(challengerReward_N, [-1, 0, null, null], 0, "reward");
    assert.deepEqual(challenger_N, [-0.5, 0.5, 0, 0]);
  });

  test("penalise: in the mean, the margin below the worst; held-out tasks are dropped all the same", () => {
    const settings: AlgorithmSettings = { ...defaults, onReject: "penalise", rejectMargin: 0.5 };
    const { challengerReward_N, challenger_N } = advantages(scores, settings);
    assertClose(challengerReward_N, [-1, 0, -1.5, null], 0, "reward");
    assertClose(challenger_N, [-1 / 6, 5 / 6, -2 / 3, 0], 1e-12, "challenger");
  });

  for (const onReject of ["drop", "penalise"] as const) {
    test(`${onReject}: with fewer than two admitted queries the Challenger learns nothing, the Solver does`, () => {
      for (const [admitted, note] of [
        [1, "only 1 query admitted: the Challenger learns nothing this round"],
        [0, "no query admitted: the Challenger learns nothing this round"],
      ] as const) {
        const reward_NG = [0, 1, 2].map((i) => (i < admitted ? [1, 0] : []));
        const admitted_N = [0, 1, 2].map((i) => i < admitted);
        const few = { ...scoresOf(reward_NG), G: 2, admitted_N };
        const { challenger_N, solver_NG, notes } = advantages(few, { ...defaults, onReject });
        assert.deepEqual(challenger_N, [0, 0, 0]);
        if (admitted === 1) assert.deepEqual(solver_NG[0], [0.5, -0.5]);
        assert.deepEqual(notes, [note]);
      }
    });
  }

  test("one admitted query with a score is as few as one admitted", () => {
    const { challenger_N, notes } = advantages(
      scoresOf([
        [1, 0],
        [null, null],
      ]),
      defaults,
    );
    assert.deepEqual(challenger_N, [0, 0]);
    assert.ok(notes.includes("only 1 query with a score: the Challenger learns nothing this round"));
  });
});
