/** What must hold for any log-probabilities and settings. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { spac } from "../../../daemon/selfplay/algorithms/spac.ts";
import { spif } from "../../../daemon/selfplay/algorithms/spif.ts";
import { spin } from "../../../daemon/selfplay/algorithms/spin.ts";
import type { ImitationAlgorithm, ResponseLogprob } from "../../../daemon/selfplay/imitation.ts";
import { type ImitationSettings, imitationDefaults } from "../../../daemon/selfplay/imitation-settings.ts";
import { sigmoid, softplus } from "../../../daemon/selfplay/logistic.ts";
import { imitationAlgorithms } from "../../../daemon/selfplay/registry.ts";
import { assertClose } from "./close.ts";

const positive = fc.double({ min: 0.05, max: 2, noNaN: true });

const anyResponse: fc.Arbitrary<ResponseLogprob> = fc
  .record({
    logp: fc.double({ min: -60, max: -0.1, noNaN: true }),
    D: fc.double({ min: -8, max: 8, noNaN: true }),
    tokens: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ logp, D, tokens }) => ({ logp, ref: logp - D, tokens }));

const anySettings: fc.Arbitrary<ImitationSettings> = fc.record({
  beta: positive,
  c: positive,
  eta: positive,
  lambda: fc.double({ min: 0, max: 3, noNaN: true }),
  smoothing: fc.constantFrom("outer", "inner", "linear"),
  against: fc.constantFrom("both", "chosen", "rejected"),
  tau: positive,
  lengthAverage: fc.boolean(),
  maskTruncated: fc.boolean(),
});

/** Responses of a unit of the algorithm. */
function unitOf({ roles }: ImitationAlgorithm): fc.Arbitrary<ResponseLogprob[]> {
  return fc.array(anyResponse, { minLength: roles.length, maxLength: roles.length });
}

for (const algorithm of Object.values(imitationAlgorithms)) {
  test(`${algorithm.name}: coefficients are central differences of the loss`, () => {
    fc.assert(
      fc.property(unitOf(algorithm), anySettings, (response_R, settings) => {
        const h = 1e-4;
        const lossAt = (r: number, by: number): number =>
          algorithm.loss(
            response_R.map((each, s) => (s === r ? { ...each, logp: each.logp + by } : each)),
            settings,
          ).loss;
        const { coefficient_R } = algorithm.loss(response_R, settings);
        assert.equal(coefficient_R.length, algorithm.roles.length);
        for (const [r, coefficient] of coefficient_R.entries()) {
          const expected = (lossAt(r, h) - lossAt(r, -h)) / (2 * h);
          const tolerance = 1e-6 * Math.max(1, Math.abs(expected));
          assert.ok(Math.abs(coefficient - expected) <= tolerance, `role ${r}: ${coefficient} is not ${expected}`);
        }
      }),
      { numRuns: 300 },
    );
  });
}

test("without a reference the reference's log-probability means nothing", () => {
  for (const algorithm of Object.values(imitationAlgorithms).filter(({ reference }) => reference === "none")) {
    const at = (ref: number) => algorithm.loss([{ logp: -3, ref, tokens: 2 }], imitationDefaults);
    assert.deepEqual(at(0), at(-7));
  }
});

test("a setting that an algorithm doesn't name changes nothing, and one that it names does", () => {
  const one: ImitationSettings = { ...imitationDefaults };
  const other: ImitationSettings = {
    ...{ beta: 0.7, c: 0.3, eta: 0.9, lambda: 2, smoothing: "inner", against: "rejected" },
    ...{ tau: 0.6, lengthAverage: false, maskTruncated: true },
  } as const;
  const unit = [
    { logp: -10, ref: -10.5, tokens: 5 },
    { logp: -12, ref: -11.8, tokens: 6 },
    { logp: -9.5, ref: -9.4, tokens: 4 },
  ];
  for (const algorithm of Object.values(imitationAlgorithms)) {
    const before = algorithm.loss(unit.slice(0, algorithm.roles.length), one);
    for (const key of Object.keys(one) as (keyof ImitationSettings)[]) {
      const after = algorithm.loss(unit.slice(0, algorithm.roles.length), { ...one, [key]: other[key] });
      const changed = !isDeepStrictEqual(after, before);
      assert.equal(changed, algorithm.uses.includes(key), `${algorithm.name}, ${key}`);
    }
  }
});

describe("SPIF", () => {
  /** TRL's `sppo_hard`, in its own letters. */
  function sppoHard([chosen, rejected]: readonly ResponseLogprob[], beta: number): { loss: number; slopes: number[] } {
    const win = chosen.logp - chosen.ref - 0.5 / beta;
    const lose = rejected.logp - rejected.ref + 0.5 / beta;
    return { loss: win ** 2 + lose ** 2, slopes: [2 * win, 2 * lose] };
  }

  test("is cβ²/2 times sppo_hard at cβ/2", () => {
    fc.assert(
      fc.property(unitOf(spif), anySettings, (response_R, settings) => {
        const { beta, c } = settings;
        const factor = (c * beta ** 2) / 2;
        const theirs = sppoHard(response_R, (c * beta) / 2);
        const ours = spif.loss(response_R, settings);
        const close = (found: number, expected: number): void =>
          assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${found}, ${expected}`);
        close(ours.loss, factor * theirs.loss);
        for (const [r, slope] of theirs.slopes.entries()) close(ours.coefficient_R[r], factor * slope);
      }),
    );
  });

  test("pulls back beyond its bound, and only there", () => {
    fc.assert(
      fc.property(unitOf(spif), anySettings, ([real, generated], settings) => {
        const bound = spif.bound!(settings);
        const [coefficient, coefficientGenerated] = spif.loss([real, generated], settings).coefficient_R;
        assert.equal(coefficient > 0, spif.reward!(real, settings) > bound);
        assert.equal(coefficientGenerated < 0, spif.reward!(generated, settings) < -bound);
      }),
    );
  });
});

describe("where nothing has been learned yet", () => {
  const unit = [-12, -7].map((logp) => ({ logp, ref: logp, tokens: 3 }));
  test("SPIN's coefficients are ∓β/2, SPIF's ∓β", () => {
    const settings = { ...imitationDefaults, beta: 0.3, c: 0.7 };
    assertClose(spin.loss(unit, settings).coefficient_R, [-0.15, 0.15], 1e-15, "spin");
    assertClose(spif.loss(unit, settings).coefficient_R, [-0.3, 0.3], 1e-15, "spif");
  });
});

test("y′ = y: what SPIN asks of it cancels, and SPIF pulls it back to the reference", () => {
  fc.assert(
    fc.property(anyResponse, anySettings, (response, settings) => {
      const total = (algorithm: ImitationAlgorithm): number => {
        const [first, second] = algorithm.loss([response, response], settings).coefficient_R;
        return first + second;
      };
      assert.ok(total(spin) === 0);
      const D = response.logp - response.ref;
      const expected = 2 * settings.c * settings.beta ** 2 * D;
      assert.ok(Math.abs(total(spif) - expected) <= 1e-12 * Math.max(1, Math.abs(expected)));
    }),
  );
});

test("SPAC's coefficients sum to 0 in every form", () => {
  for (const smoothing of ["outer", "inner", "linear"] as const) {
    for (const against of ["both", "chosen", "rejected"] as const) {
      fc.assert(
        fc.property(unitOf(spac), anySettings, (response_R, settings) => {
          const { coefficient_R } = spac.loss(response_R, { ...settings, smoothing, against });
          const sum = coefficient_R.reduce((a, b) => a + b);
          assert.ok(Math.abs(sum) < 1e-12, `${smoothing}, ${against}: ${sum}`);
        }),
        { numRuns: 30 },
      );
    }
  }
});

describe("SPAC's y′", () => {
  const [chosen, rejected, generated] = [
    { logp: -10, ref: -10.5, tokens: 5 },
    { logp: -12, ref: -11.8, tokens: 6 },
    { logp: -9.5, ref: -9.4, tokens: 4 },
  ];
  for (const smoothing of ["outer", "inner", "linear"] as const) {
    test(`${smoothing}: chosen and rejected are each what both is where the pair is that response twice`, () => {
      // Without preferences (λ = 0) only the pessimism is left.
      const base = { ...imitationDefaults, smoothing, eta: 0.8, lambda: 0 };
      for (const [against, held, unused] of [
        ["chosen", 0, 1],
        ["rejected", 1, 0],
      ] as const) {
        const one = spac.loss([chosen, rejected, generated], { ...base, against });
        const pair = [chosen, rejected][held];
        const both = spac.loss([pair, pair, generated], { ...base, against: "both" });
        assert.ok(Math.abs(one.loss - both.loss) < 1e-12);
        assert.equal(Math.abs(one.coefficient_R[unused]), 0);
        const sum = both.coefficient_R[0] + both.coefficient_R[1];
        assert.ok(Math.abs(one.coefficient_R[held] - sum) < 1e-12);
      }
    });
  }
});

test("the logistic loss stays finite and exact far out", () => {
  for (const x of [-800, -40, 0, 40, 800]) {
    assert.ok(Math.abs(softplus(x) - softplus(-x) - x) <= 1e-12 * Math.max(1, Math.abs(x)));
    assert.ok(Math.abs(sigmoid(x) + sigmoid(-x) - 1) <= 1e-15);
  }
  assert.equal(softplus(800), 800);
  assert.ok(sigmoid(-700) > 0 && sigmoid(-700) < 1e-300);
});
