import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { RoundLogprobs } from "../../../daemon/selfplay/algorithm.ts";
import { sequenceKl } from "../../../daemon/selfplay/kl.ts";
import { algorithms } from "../../../daemon/selfplay/registry.ts";
import type { KlEstimator, Normalization } from "../../../daemon/selfplay/settings.ts";
import { assertClose } from "./close.ts";
import { defaults, logprobsOf, scoresOf } from "./rounds.ts";

type Rows = number[][];

interface PlayNumbers extends Record<`coef_sol_${KlEstimator}`, Rows>, Record<`coef_ch_${KlEstimator}`, number[]> {
  r: Rows;
  V: number[];
  VQ: number[];
  A_sol: Rows;
  ch_reward: number[];
  A_ch: number[];
  L_sol_literal: number;
  L_ch_literal: number;
  total_literal: number;
}

interface Losses {
  lsp: {
    R: Rows;
    RQ: Rows;
    logp_ans: Rows;
    ref_ans: Rows;
    logp_q: number[];
    ref_q: number[];
    beta: number;
    alpha_ch: number;
    lsp_zero: PlayNumbers;
    lsp: PlayNumbers;
  };
  grpo: {
    R: Rows;
    lengths: Rows;
    Lmax: number;
    "adv_trl_ddof1_eps1e-4": Rows;
    per_token_coef_beta0: Record<Normalization, Rows>;
  };
}

const losses = JSON.parse(readFileSync("test/fixtures/losses.json", "utf8")) as Losses;

/** Six printed decimals, and the rounding of a float32 below 1. */
const printed = 0.5e-6 + 6e-8;

describe("losses.json, language self-play", () => {
  const { R, RQ, logp_ans, ref_ans, logp_q, ref_q, beta, alpha_ch } = losses.lsp;
  const asTokens = (rows: Rows, row: number[]): RoundLogprobs =>
    logprobsOf(
      rows.map((answers) => answers.map((logp) => [logp])),
      row.map((logp) => [logp]),
    );
  const current = asTokens(logp_ans, logp_q);
  const reference = asTokens(ref_ans, ref_q);
  const scores = scoresOf(R, RQ);

  for (const [name, key] of [["lsp-zero", "lsp_zero"] as const, ["lsp", "lsp"] as const]) {
    const expected = losses.lsp[key];
    const settings = { ...defaults, beta, alphaChallenger: alpha_ch };
    const advantages = algorithms[name].advantages(scores, settings);

    test(`${name}: advantages`, () => {
      assertClose(advantages.V_N, expected.V, 0, "V");
      assertClose(advantages.VQ_N, expected.VQ, 0, "VQ");
      assertClose(advantages.solver_NG, expected.A_sol, 0, "A_sol");
      assertClose(advantages.challengerReward_N, expected.ch_reward, 0, "ch_reward");
      assertClose(advantages.challenger_N, expected.A_ch, 0, "A_ch");
    });

    test(`${name}: total rewards, as the difference of any two in a group`, () => {
      const differences = (rows: readonly (readonly number[])[]): Rows => rows.map((row) => row.map((x) => x - row[0]));
      assertClose(differences(advantages.solver_NG), differences(expected.r), 0, "r");
    });

    test(`${name}: literal losses; the advantages cancel, so β times the log-ratios is left`, () => {
      const solver = beta * sequenceKl(current.answers_NGT.flat(), reference.answers_NGT.flat())!;
      const challenger = beta * sequenceKl(current.queries_NT, reference.queries_NT)!;
      const sum = advantages.solver_NG.flat().reduce((a, b) => a + b) + advantages.challenger_N.reduce((a, b) => a + b);
      assert.equal(sum, 0);
      assertClose(
        [solver, challenger, solver + alpha_ch * challenger],
        [expected.L_sol_literal, expected.L_ch_literal, expected.total_literal],
        printed,
        "literal",
      );
    });

    for (const estimator of ["literal", "k2", "k3"] as const) {
      test(`${name}: coefficients with ${estimator}, each response one token`, () => {
        const withKl = { ...settings, klEstimator: estimator };
        const coefficients = algorithms[name].coefficients(scores, advantages, current, reference, withKl);
        const answers = coefficients.answers_NGT.map((row) => row.map(([c]) => c));
        assertClose(answers, expected[`coef_sol_${estimator}`], printed, "coef_sol");
        const queries = coefficients.queries_NT.map(([c]) => c);
        assertClose(queries, expected[`coef_ch_${estimator}`], printed, "coef_ch");
      });
    }
  }
});

describe("losses.json, GRPO", () => {
  const { R, lengths, Lmax, per_token_coef_beta0 } = losses.grpo;
  const scores = scoresOf(R);
  const current = logprobsOf(lengths.map((row) => row.map((length) => new Array<number>(length).fill(-1))));

  test("advantages", () => {
    const { solver_NG } = algorithms.grpo.advantages(scores, defaults);
    assertClose(solver_NG, losses.grpo["adv_trl_ddof1_eps1e-4"], printed, "advantage");
  });

  for (const normalization of ["grpo", "dapo", "dr_grpo"] as const) {
    test(`${normalization}: per-token coefficients without KL`, () => {
      const settings = { ...defaults, beta: 0, normalization, maxAnswerTokens: Lmax };
      const advantages = algorithms.grpo.advantages(scores, settings);
      const { answers_NGT } = algorithms.grpo.coefficients(scores, advantages, current, current, settings);
      const expected = per_token_coef_beta0[normalization].map((row, i) =>
        row.map((coefficient, j) => new Array<number>(lengths[i][j]).fill(coefficient)),
      );
      assertClose(answers_NGT, expected, printed, "coefficient");
    });
  }
});
