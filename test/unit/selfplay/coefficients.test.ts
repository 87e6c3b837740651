/** Which samples have a gradient, and by what it is divided. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { RoundScores } from "../../../daemon/selfplay/algorithm.ts";
import { algorithms } from "../../../daemon/selfplay/registry.ts";
import { truncatedImportance } from "../../../daemon/selfplay/truncated-importance.ts";
import { assertClose } from "./close.ts";
import { anyResponse, defaults, logprobsOf, scoresOf } from "./rounds.ts";

describe("denominators are the drawn N and G", () => {
  test("dropping a query leaves the others' coefficients per advantage as they were", () => {
    const { coefficients, advantages } = algorithms["lsp-zero"];
    const settings = { ...defaults, beta: 0 };
    const first = [1, 0];
    const rows = [first, [0, 0], [1, 1]];
    const all = scoresOf(rows);
    const dropped: RoundScores = { ...scoresOf([first, [0, 0], []]), admitted_N: [true, true, false] };
    const full = logprobsOf(
      rows.map((row) => row.map(() => [-1])),
      [[-1], [-1], [-1]],
    );
    const less = logprobsOf([[[-1], [-1]], [[-1], [-1]], []], [[-1], [-1], [-1]]);
    const before = coefficients(all, advantages(all, settings), full, full, settings);
    const after = coefficients(dropped, advantages(dropped, settings), less, less, settings);
    assert.deepEqual(after.answers_NGT[0], before.answers_NGT[0]);
    assertClose(after.answers_NGT[0], [[-0.5 / 6], [0.5 / 6]], 1e-8, "answers");
    // α/N times c − mean c = ∓¼ of the two that are left.
    assertClose(after.queries_NT, [[(0.5 / 3) * 0.25], [(-0.5 / 3) * 0.25], [0]], 1e-8, "queries");
  });
});

describe("queries that are not part of the game", () => {
  const scores: RoundScores = {
    ...scoresOf([[1, 0], [0, 0], [], []]),
    admitted_N: [true, true, false, false],
    heldOut_N: [false, false, false, true],
  };
  const two = [-1, -2];
  const current = logprobsOf([[two, two], [two, two], [], []], [two, two, two, two]);
  const reference = logprobsOf([[two, two], [two, two], [], []], [two, two, [-2, -2], [-2, -2]]);
  const { advantages, coefficients } = algorithms["lsp-zero"];

  test("drop: no gradient, not even the KL term's", () => {
    const { queries_NT } = coefficients(scores, advantages(scores, defaults), current, reference, defaults);
    assertClose(
      queries_NT.slice(2),
      [
        [0, 0],
        [0, 0],
      ],
      0,
      "rejected",
    );
  });

  test("penalise: the KL term stays; a held-out task has no gradient in any mode", () => {
    const settings = { ...defaults, onReject: "penalise", beta: 0.5 } as const;
    const noLesson = { ...advantages(scores, settings), challenger_N: [0, 0, 0, 0] };
    const { queries_NT } = coefficients(scores, noLesson, current, reference, settings);
    // α·β·(logp − ref)/N with logp − ref = 1.
    assertClose(
      queries_NT.slice(2),
      [
        [0.0625, 0.0625],
        [0, 0],
      ],
      1e-8,
      "rejected",
    );
  });
});

describe("truncated answers", () => {
  const scores = scoresOf([[1, 0]], [[3, 5]]);
  const logp = logprobsOf(
    [
      [
        [-1, -2],
        [-1, -2],
      ],
    ],
    [[-1]],
  );
  const truncated = [[true, false]];

  for (const name of ["lsp", "lsp-zero", "grpo"] as const) {
    test(`${name}: kept, or masked where the settings say so, with the others' coefficients unchanged`, () => {
      const { advantages, coefficients } = algorithms[name];
      const of = (maskTruncated: boolean): readonly Float32Array[] =>
        coefficients(scores, advantages(scores, defaults), logp, logp, { ...defaults, maskTruncated }, truncated)
          .answers_NGT[0];
      assert.ok(of(false)[0].every((c) => c !== 0));
      assert.deepEqual(of(true)[0], new Float32Array(2));
      assert.deepEqual(of(true)[1], of(false)[1]);
    });
  }
});

describe("truncated importance weights", () => {
  test("are 1 where trainer and sampler agree, never above 2, and fall without bound", () => {
    const trainer = Float32Array.from([-1, -1, -4, -1]);
    const sampler = Float32Array.from([-1, -4, -1, -1.25]);
    assertClose(truncatedImportance(trainer, sampler), [1, 2, Math.exp(-3), Math.exp(0.25)], 1e-12, "weight");
  });

  test("a sampler equal to the trainer changes nothing, in any algorithm", () => {
    fc.assert(
      fc.property(fc.constantFrom("lsp", "lsp-zero", "grpo"), anyResponse, (name, tokens) => {
        const { advantages, coefficients } = algorithms[name];
        const row = tokens.map(([logp]) => logp);
        const ref = tokens.map(([logp, move]) => logp + move / 64);
        const scores = scoresOf(
          [
            [1, 0],
            [0, 1],
          ],
          [
            [3, 5],
            [1, 1],
          ],
        );
        const queries = name === "grpo" ? [] : [row, row];
        const current = logprobsOf(
          [
            [row, row],
            [row, row],
          ],
          queries,
        );
        const reference = logprobsOf(
          [
            [ref, ref],
            [ref, ref],
          ],
          queries,
        );
        const args = [scores, advantages(scores, defaults), current, reference, defaults] as const;
        assert.deepEqual(coefficients(...args, undefined, current), coefficients(...args));
      }),
      { numRuns: 50 },
    );
  });
});

test("the registry's keys are the algorithms' names", () => {
  for (const [key, { name }] of Object.entries(algorithms)) assert.equal(name, key);
});

test("an algorithm without a Challenger asks for no self-reward and gives queries no advantage", () => {
  const { queries, selfReward, advantages } = algorithms.grpo;
  const { challenger_N, challengerReward_N } = advantages(
    scoresOf([
      [1, 0],
      [1, 1],
    ]),
    defaults,
  );
  assert.deepEqual(
    { queries, selfReward, challenger_N, challengerReward_N },
    {
      queries: "data",
      selfReward: false,
      challenger_N: [0, 0],
      challengerReward_N: [null, null],
    },
  );
});
