/** Coefficients against central differences of the losses, written out here from the plan's formulas. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Advantages, RoundLogprobs, RoundScores } from "../../../daemon/selfplay/algorithm.ts";
import { algorithms } from "../../../daemon/selfplay/registry.ts";
import type { AlgorithmSettings } from "../../../daemon/selfplay/settings.ts";
import { anyResponse, defaults, logprobsOf, scoresOf } from "./rounds.ts";

/** dL/dx_t at x by central differences. */
function differences(loss: (x: number[]) => number, x: number[]): number[] {
  const h = 1e-5;
  const moved = (t: number, by: number): number[] => x.map((value, u) => (u === t ? value + by : value));
  return x.map((_, t) => (loss(moved(t, h)) - loss(moved(t, -h))) / (2 * h));
}

function assertGradient(actual: Float32Array, loss: (x: number[]) => number, x: number[]): void {
  for (const [t, expected] of differences(loss, x).entries()) {
    assert.ok(Math.abs(actual[t] - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${actual[t]} vs ${expected}`);
  }
}

/** Advantages as data: coefficients must be right for any. Two queries; only the first one's first answer is looked at. */
function advantagesOf(answer: number, query: number): Advantages {
  const nothing = [null, null];
  return {
    solver_NG: [
      [answer, 0],
      [0, 0],
    ],
    challenger_N: [query, 0],
    V_N: nothing,
    VQ_N: nothing,
    challengerReward_N: nothing,
    notes: [],
  };
}

/** Two queries with two answers each, all of one token but the first answer and the first query. */
function roundWith(answer: number[], query: number[]): RoundLogprobs {
  const first = [answer, one];
  const second = [one, one];
  return logprobsOf([first, second], [query, one]);
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const one = [-1];
const scores: RoundScores = scoresOf([
  [1, 0],
  [0, 1],
]);
const advantage = fc.integer({ min: -32, max: 32 }).map((k) => k / 8);

describe("Language Self-Play", () => {
  /** The KL term as the table of `kl.estimator` defines it, for one response. */
  const kl = {
    k2: (x: number[], ref: number[]) => 0.5 * sum(x.map((value, t) => value - ref[t])) ** 2,
    k3: (x: number[], ref: number[]) => sum(x.map((value, t) => Math.exp(ref[t] - value) - (ref[t] - value) - 1)),
    literal: (x: number[], ref: number[]) => sum(x.map((value, t) => value - ref[t])),
  };

  for (const name of ["lsp", "lsp-zero"] as const) {
    for (const klEstimator of ["k2", "k3", "literal"] as const) {
      test(`${name} with ${klEstimator}`, () => {
        fc.assert(
          fc.property(
            anyResponse,
            advantage,
            advantage,
            fc.double({ min: 0, max: 2, noNaN: true }),
            (tokens, A, C, beta) => {
              const x = tokens.map(([logp]) => logp);
              const ref = tokens.map(([logp, move]) => logp + move / 64);
              const settings: AlgorithmSettings = { ...defaults, klEstimator, beta, alphaChallenger: 0.25 };
              const { answers_NGT, queries_NT } = algorithms[name].coefficients(
                scores,
                advantagesOf(A, C),
                roundWith(x, x),
                roundWith(ref, ref),
                settings,
              );
              // π/sg π of a whole response is the exponential of how far its log-probability moves.
              const ratio = (y: number[]): number => Math.exp(sum(y) - sum(x));
              const solver = (y: number[]): number => -(ratio(y) * A - beta * kl[klEstimator](y, ref)) / (2 * 2);
              const challenger = (y: number[]): number => (-0.25 * (ratio(y) * C - beta * kl[klEstimator](y, ref))) / 2;
              assertGradient(answers_NGT[0][0], solver, x);
              assertGradient(queries_NT[0], challenger, x);
            },
          ),
          { numRuns: 50 },
        );
      });
    }
  }
});

describe("GRPO", () => {
  /** N·G = 4; the other three answers have one token each; L_max = 10. */
  const divisors = {
    grpo: (tokens: number) => 4 * tokens,
    dapo: (tokens: number) => tokens + 3,
    dr_grpo: () => 4 * 10,
  };

  for (const normalization of ["grpo", "dapo", "dr_grpo"] as const) {
    test(`${normalization}, several updates: clipped ratio and k3`, () => {
      fc.assert(
        fc.property(anyResponse, advantage, (tokens, A) => {
          const settings: AlgorithmSettings = {
            ...defaults,
            normalization,
            epsilonLow: 0.1,
            epsilonHigh: 0.3,
            beta: 0.5,
          };
          const old = tokens.map(([logp]) => logp);
          const ref = tokens.map(([logp, move]) => logp + move / 64);
          const x = tokens.map(([logp, , move]) => logp + move / 64);
          const divisor = divisors[normalization](x.length);
          const loss = (y: number[]): number =>
            -sum(
              y.map((value, t) => {
                const rho = Math.exp(value - old[t]);
                const clipped = Math.min(1.3, Math.max(0.9, rho));
                return Math.min(rho * A, clipped * A) - 0.5 * (Math.exp(ref[t] - value) - (ref[t] - value) - 1);
              }),
            ) / divisor;
          const gradient = algorithms.grpo.offPolicyGradient!(
            scores,
            advantagesOf(A, 0),
            roundWith(old, []),
            roundWith(ref, []),
            settings,
          );
          const [coefficients] = gradient([Float32Array.from(x)], [0]);
          assertGradient(coefficients, loss, x);
        }),
        { numRuns: 100 },
      );
    });
  }

  test("the on-policy step is the first of several updates", () => {
    fc.assert(
      fc.property(anyResponse, advantage, (tokens, A) => {
        const x = tokens.map(([logp]) => logp);
        const ref = tokens.map(([logp, move]) => logp + move / 64);
        const current = roundWith(x, []);
        const reference = roundWith(ref, []);
        const advantages = advantagesOf(A, 0);
        const { answers_NGT } = algorithms.grpo.coefficients(scores, advantages, current, reference, defaults);
        const first = algorithms.grpo.offPolicyGradient!(scores, advantages, current, reference, defaults);
        assert.deepEqual(first(current.answers_NGT.flat(), [0, 1, 2, 3]), answers_NGT.flat());
      }),
      { numRuns: 50 },
    );
  });
});
