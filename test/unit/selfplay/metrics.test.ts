import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bigramDistance, distinctShare } from "../../../daemon/selfplay/diversity.ts";
import { type Metrics, type RoundObservation, roundMetrics } from "../../../daemon/selfplay/metrics.ts";
import { algorithms } from "../../../daemon/selfplay/registry.ts";
import { correlation, quantile, standardDeviation } from "../../../daemon/selfplay/statistics.ts";
import { anyScores, defaults, logprobsOf, scoresOf } from "./rounds.ts";

function assertMetrics(actual: Metrics, expected: Metrics): void {
  for (const [name, value] of Object.entries(expected)) {
    const found = actual[name];
    const same = value === null || found === null ? found === value : Math.abs(found - value) < 1e-6;
    assert.ok(same, `${name}: ${found} is not ${value}`);
  }
}

/** Three queries: an easy one, a harder one with an unscored answer, a rejected one. */
const scores = {
  ...scoresOf([[1, 1], [0, null], []], [[7, 3], [2, 4], []]),
  admitted_N: [true, true, false],
};
const observation: RoundObservation = {
  scores,
  advantages: algorithms.lsp.advantages(scores, defaults),
  current: logprobsOf([[[-1, -2], [-1]], [[-3], [-1, -1]], []], [[-2], [-2, -1], [-4]]),
  reference: logprobsOf([[[-1, -2], [-1]], [[-2], [-1, -1]], []], [[-2], [-2, -1], [-6]]),
  queries_N: ["1+2", "1+3", "???"],
  truncatedAnswers_NG: [[true, false], [false, false], []],
  truncatedQueries_N: [false, false, true],
};

describe("a round's metrics", () => {
  test("by hand", () => {
    assertMetrics(roundMetrics(observation), {
      "solver/reward": 2 / 3,
      "solver/reward_std": 0,
      "solver/self_reward": 4,
      "solver/frac_reward_zero_std": 0.5,
      // One of six tokens is a nat below its reference: (e − 1 − 1)/6.
      "solver/kl": (Math.E - 2) / 6,
      "solver/kl_sequence": -0.25,
      "solver/entropy": 9 / 6,
      "solver/completions/mean_length": 1.5,
      "solver/completions/clipped_ratio": 0.25,
      // c = −V + V_Q: −1 + 5 and −0 + 3.
      "challenger/reward": 3.5,
      "challenger/reward_std": Math.SQRT1_2,
      "challenger/admitted": 2 / 3,
      "challenger/difficulty": 0.5,
      "challenger/difficulty_p10": 0.1,
      "challenger/difficulty_p90": 0.9,
      "challenger/distinct": 2 / 3,
      // {1+, +2} and {1+, +3} share one of three.
      "challenger/bigram_distance": 2 / 3,
      // One of four tokens is two nats above its reference: (e⁻² + 2 − 1)/4.
      "challenger/kl": (Math.exp(-2) + 1) / 4,
      "challenger/kl_sequence": 2 / 3,
      "challenger/entropy": 9 / 4,
      "challenger/completions/mean_length": 4 / 3,
      "challenger/completions/clipped_ratio": 1 / 3,
      "judge/frac_unscored_reward": 0.25,
      "judge/frac_unscored_self_reward": 0,
      // (1,7), (1,3), (0,2): deviations (⅓,3), (⅓,−1), (−⅔,−2).
      "judge/reward_correlation": 2 / Math.sqrt((6 / 9) * 14),
    });
  });

  test("queries from data: what only a Challenger has is null, difficulty is not", () => {
    const fromData = scoresOf([[1, 1, 1, 0]]);
    const answers = logprobsOf([[[-1], [-1], [-1], [-1]]]);
    const metrics = roundMetrics({
      scores: fromData,
      advantages: algorithms.grpo.advantages(fromData, defaults),
      current: answers,
      reference: answers,
      queries_N: ["1+2"],
      truncatedAnswers_NG: [[false, false, false, false]],
      truncatedQueries_N: [],
    });
    assertMetrics(metrics, {
      "solver/kl": 0,
      "solver/self_reward": null,
      "challenger/reward": null,
      "challenger/difficulty": 0.25,
      "challenger/kl": null,
      "challenger/completions/mean_length": null,
      "challenger/bigram_distance": null,
      "judge/reward_correlation": null,
    });
  });

  test("the same keys in every round, and no number that is none", () => {
    const keys = Object.keys(roundMetrics(observation));
    fc.assert(
      fc.property(anyScores, (scores) => {
        const rows = scores.reward_NG.map((row) => row.map(() => [-1]));
        const logprobs = logprobsOf(
          rows,
          rows.map(() => [-1]),
        );
        const metrics = roundMetrics({
          scores,
          advantages: algorithms.lsp.advantages(scores, defaults),
          current: logprobs,
          reference: logprobs,
          queries_N: rows.map((_, i) => `${i}`),
          truncatedAnswers_NG: rows.map((row) => row.map(() => false)),
          truncatedQueries_N: rows.map(() => false),
        });
        assert.deepEqual(Object.keys(metrics), keys);
        for (const [name, value] of Object.entries(metrics)) assert.ok(value === null || Number.isFinite(value), name);
      }),
    );
  });
});

describe("diversity", () => {
  test("copies, strangers and short texts", () => {
    assert.equal(bigramDistance(["abc", "abc", "abc"]), 0);
    assert.equal(bigramDistance(["abc", "xyz"]), 1);
    assert.equal(bigramDistance(["abc", "abc", "xyz"]), 2 / 3);
    assert.equal(bigramDistance(["a", "b"]), 1);
    assert.equal(bigramDistance(["", ""]), 0);
    assert.equal(bigramDistance(["abc"]), null);
    assert.equal(bigramDistance(["😀😀", "😁😁"]), 1);
  });

  test("distinct texts of those drawn", () => {
    assert.equal(distinctShare(["a", "b", "a"], 4), 0.5);
    assert.equal(distinctShare([], 0), null);
  });

  test("is between 0 and 1 and doesn't depend on the order", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 2, maxLength: 8 }), (texts) => {
        const distance = bigramDistance(texts)!;
        assert.ok(distance >= 0 && distance <= 1);
        assert.ok(Math.abs(bigramDistance(texts.toReversed())! - distance) < 1e-12);
      }),
    );
  });
});

describe("statistics (expected values by NumPy)", () => {
  test("quantile, standard deviation, correlation", () => {
    assert.ok(Math.abs(quantile([3, 1, 2, 10], 0.9)! - 7.9) < 1e-12);
    assert.equal(quantile([5], 0.1), 5);
    assert.ok(Math.abs(standardDeviation([3, 1, 2, 10])! - 4.08248290463863) < 1e-12);
    const pairs = [
      [1, 2],
      [2, 1],
      [3, 5],
      [4, 4],
    ] as const;
    assert.ok(Math.abs(correlation(pairs)! - Math.SQRT1_2) < 1e-12);
  });

  test("what is undefined is null", () => {
    assert.equal(quantile([], 0.5), null);
    assert.equal(standardDeviation([1]), null);
    assert.equal(correlation([]), null);
    assert.equal(correlation([[1, 2]]), null);
    assert.equal(
      correlation([
        [1, 2],
        [1, 3],
      ]),
      null,
    );
  });
});
