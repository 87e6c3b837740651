import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ipo } from "../../../daemon/selfplay/algorithms/ipo.ts";
import { sft } from "../../../daemon/selfplay/algorithms/sft.ts";
import { spac } from "../../../daemon/selfplay/algorithms/spac.ts";
import { spif } from "../../../daemon/selfplay/algorithms/spif.ts";
import { spin } from "../../../daemon/selfplay/algorithms/spin.ts";
import { dataOf, type ImitationAlgorithm, regenerates } from "../../../daemon/selfplay/imitation.ts";
import { imitationMetrics, type UnitObservation } from "../../../daemon/selfplay/imitation-metrics.ts";
import { imitationDefaults as defaults } from "../../../daemon/selfplay/imitation-settings.ts";
import {
  denominatorOf,
  gradientOf,
  type StepResponse,
  skipOf,
  unitIndices,
} from "../../../daemon/selfplay/imitation-step.ts";
import { imitationAlgorithms } from "../../../daemon/selfplay/registry.ts";
import { assertClose } from "./close.ts";

/** A response of these tokens; every token's reference is −1. */
function response(tokens: number[], own: Partial<StepResponse> = {}): StepResponse {
  return { response: tokens, truncated: false, reference_T: new Float32Array(tokens.length).fill(-1), ...own };
}

/** Log-probabilities of −1 − i/8 in sequence i: D = −tokens·i/8. */
function logprobsOf(units_UR: readonly (readonly StepResponse[])[]): Float32Array[] {
  return units_UR.flat().map(({ response: { length } }, i) => new Float32Array(length).fill(-1 - i / 8));
}

/** All coefficients, in the batch's order. */
function coefficientsOf(
  algorithm: ImitationAlgorithm,
  units_UR: readonly (readonly StepResponse[])[],
  settings = defaults,
): number[][] {
  const gradient = gradientOf(algorithm, settings, units_UR, denominatorOf(algorithm, units_UR));
  const logprobs = logprobsOf(units_UR);
  return unitIndices(units_UR).flatMap((indices) =>
    gradient(
      indices.map((index) => logprobs[index]),
      indices,
    ).map((row) => [...row]),
  );
}

describe("the gradient of a step", () => {
  const units = [
    [response([1, 2, 3]), response([4, 5])],
    [response([6]), response([7, 8, 9, 10])],
  ];

  test("is each unit's, divided by the drawn units and equal over a response's tokens", () => {
    const settings = { ...defaults, beta: 0.5 };
    const expected = units.map(([real, generated], u) => {
      const D = (at: number, { response: { length } }: StepResponse): number => (-length * at) / 8;
      const x = -0.5 * (D(2 * u, real) - D(2 * u + 1, generated));
      const slope = 0.5 / (1 + Math.exp(-x)) / 2;
      return [real.response, generated.response].map(({ length }, r) =>
        new Array(length).fill(r === 0 ? -slope : slope),
      );
    });
    assertClose(coefficientsOf(spin, units, settings), expected.flat(), 1e-7, "coefficient");
  });

  test("keeps its denominator when it is cut into batches", () => {
    const denominator = denominatorOf(spif, units);
    const whole = coefficientsOf(spif, units);
    const logprobs = logprobsOf(units);
    const inParts = units.flatMap((unit, u) =>
      gradientOf(spif, defaults, [unit], denominator)([logprobs[2 * u], logprobs[2 * u + 1]], [0, 1]),
    );
    assert.deepEqual(
      inParts.map((row) => [...row]),
      whole,
    );
  });

  test("of SFT is −1 by all tokens of the step, and needs no reference", () => {
    const withoutReference = [[response([1, 2, 3], { reference_T: null })], [response([4], { reference_T: null })]];
    assert.deepEqual(coefficientsOf(sft, withoutReference), [[-0.25, -0.25, -0.25], [-0.25]]);
  });

  test("of IPO has a response's own length in it", () => {
    const [[first], [second]] = coefficientsOf(ipo, [units[0]]);
    assert.ok(Math.abs(first + (second * 2) / 3) < 1e-6 && first < 0);
  });

  test("is told to whoever listens, before skipping", () => {
    const heard: unknown[] = [];
    const same = [response([1]), response([1])];
    const gradient = gradientOf(spin, defaults, [units[0], same], 2, (unit, response_R, { loss }) =>
      heard.push([unit, response_R.map(({ tokens }) => tokens), loss]),
    );
    const row = Float32Array.from([-1]);
    assert.deepEqual(
      gradient([row, row], [2, 3]).map((each) => each.map(Math.abs)),
      [Float32Array.of(0), Float32Array.of(0)],
    );
    assert.deepEqual(heard, [[1, [1, 1], Math.log(2)]]);
  });
});

describe("a unit is skipped", () => {
  const same = [response([1, 2]), response([1, 2])];
  test("by SPIN where y′ is y, token for token; SPIF keeps it", () => {
    assert.equal(skipOf(spin, same, defaults), "identical");
    assert.equal(skipOf(spin, [response([1, 2]), response([1, 2, 3])], defaults), null);
    assert.equal(skipOf(spin, [response([1, 2]), response([1, 3])], defaults), null);
    assert.equal(skipOf(spif, same, defaults), null);
    assert.notEqual(coefficientsOf(spif, [same])[0][0], 0);
  });
  test("only where its gradient would be nothing", () => {
    for (const algorithm of Object.values(imitationAlgorithms).filter(({ skipsIdentical }) => skipsIdentical)) {
      const one = { logp: -7, ref: -5, tokens: 3 };
      const [first, second] = algorithm.loss([one, one], defaults).coefficient_R;
      assert.equal(first + second, 0, algorithm.name);
    }
    const pair = { logp: -7, ref: -5, tokens: 3 };
    const [first, second] = spac.loss([pair, pair, { ...pair, logp: -6 }], defaults).coefficient_R;
    assert.notEqual(first + second, 0);
  });
  test("where one of its responses was cut, if that is asked for; its place in the denominator stays", () => {
    const units = [
      [response([1]), response([2], { truncated: true })],
      [response([3]), response([4])],
    ];
    const masked = { ...defaults, maskTruncated: true };
    assert.equal(skipOf(spif, units[0], defaults), null);
    assert.equal(skipOf(spif, units[0], masked), "truncated");
    const [kept, without] = [coefficientsOf(spif, units), coefficientsOf(spif, units, masked)];
    assert.deepEqual(without.slice(0, 2).flat().map(Math.abs), [0, 0]);
    assert.deepEqual(without.slice(2), kept.slice(2));
  });
});

describe("the registry", () => {
  test("knows every algorithm by its name", () => {
    for (const [name, algorithm] of Object.entries(imitationAlgorithms)) assert.equal(algorithm.name, name);
  });
  test("says what each needs", () => {
    const needs = Object.values(imitationAlgorithms).map((each) => [
      each.name,
      dataOf(each),
      regenerates(each),
      each.reference,
    ]);
    assert.deepEqual(needs, [
      ["sft", "real", false, "none"],
      ["spin", "real", true, "opponent"],
      ["spif", "real", true, "opponent"],
      ["spac", "pairs", true, "opponent"],
      ["dpo", "pairs", false, "initial"],
      ["ipo", "pairs", false, "initial"],
    ]);
  });
});

describe("metrics", () => {
  const at = (D: number, tokens = 2) => ({ logp: -10 + D, ref: -10, tokens });
  const observed = (algorithm: ImitationAlgorithm, ...units: ReturnType<typeof at>[][]): UnitObservation[] =>
    units.map((response_R) => ({ response_R, loss: algorithm.loss(response_R, defaults).loss }));

  test("of χ² self-play", () => {
    const settings = { ...defaults, beta: 0.5, c: 2 };
    const units = [
      [at(2), at(-0.5)],
      [at(-1), at(0.5)],
      [at(0), at(0)],
    ].map((response_R, i) => ({ response_R, loss: i }));
    const { "imitation/loss": loss, ...metrics } = imitationMetrics(spif, units, settings);
    assert.equal(loss, 1);
    assertClose(
      Object.values(metrics),
      // r: (1, −0.25), (−0.5, 0.25), (0, 0); a tie is not won. Only 1 is beyond 1/2.
      [-29 / 3, 1 / 3, 0.5 / 3, -10, 0, 0, 1 / 3, 0.5 / 3, -0.5, 1, 1 / 6],
      1e-12,
      "metric",
    );
    assert.deepEqual(Object.keys(metrics), [
      "imitation/logps/real",
      "imitation/log_ratio/real",
      "imitation/rewards/real",
      "imitation/logps/generated",
      "imitation/log_ratio/generated",
      "imitation/rewards/generated",
      "imitation/rewards/accuracies",
      "imitation/rewards/margins",
      "imitation/rewards/min",
      "imitation/rewards/max",
      "imitation/frac_beyond_bound",
    ]);
  });
  test("of SPAC compare chosen with rejected; nothing bounds them", () => {
    const metrics = imitationMetrics(spac, observed(spac, [at(1), at(-1), at(5)]), { ...defaults, eta: 0.5 });
    assert.equal(metrics["imitation/rewards/accuracies"], 1);
    assert.equal(metrics["imitation/rewards/margins"], 1);
    assert.equal(metrics["imitation/rewards/max"], 2.5);
    assert.equal(metrics["imitation/frac_beyond_bound"], null);
  });
  test("of SFT have a loss per token, and no rewards", () => {
    const metrics = imitationMetrics(sft, observed(sft, [at(0, 3)], [at(-2, 1)]), defaults);
    assert.equal(metrics["imitation/loss"], 22 / 4);
    assert.equal(metrics["imitation/logps/real"], -11);
    for (const [key, value] of Object.entries(metrics)) {
      if (!/loss|logps/.test(key)) assert.equal(value, null, key);
    }
  });
  test("of nothing are null", () => {
    for (const algorithm of Object.values(imitationAlgorithms)) {
      for (const value of Object.values(imitationMetrics(algorithm, [], defaults))) assert.equal(value, null);
    }
  });
});
