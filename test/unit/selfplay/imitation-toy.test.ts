/**
 * Imitation of a distribution over three outcomes, with the inner problem of every iteration solved exactly: what the losses
 * do when nothing is sampled and no optimizer stops early. The numbers are from the plan (algorithms.md, section 9).
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { spif } from "../../../daemon/selfplay/algorithms/spif.ts";
import { spin } from "../../../daemon/selfplay/algorithms/spin.ts";
import type { ImitationAlgorithm } from "../../../daemon/selfplay/imitation.ts";
import { type ImitationSettings, imitationDefaults } from "../../../daemon/selfplay/imitation-settings.ts";
import { totalVariation, toyIteration } from "./toy.ts";

const data = [0.7, 0.2, 0.1];
const start = [0.2, 0.3, 0.5];

/** TV(π_t, data) for t = 0, 1, …, with the inner problem solved for each. */
function distances(algorithm: ImitationAlgorithm, own: Partial<ImitationSettings>, iterations: number): number[] {
  let policy = start;
  const found = [totalVariation(policy, data)];
  for (let t = 0; t < iterations; t++) {
    policy = toyIteration(algorithm, { ...imitationDefaults, ...own }, data, policy);
    found.push(totalVariation(policy, data));
  }
  return found;
}

describe("the toy", () => {
  const cases = [
    [spin, { beta: 1 }, [0.5, 0]],
    [spin, { beta: 2 }, [0.5, 0.256003, 0.12018]],
    [spif, { beta: 0.5, c: 1 }, [0.5, 0.04493, 0.000204]],
    [spif, { beta: 1, c: 1 }, [0.5, 0.298077, 0.147465]],
  ] as const;
  for (const [algorithm, own, expected] of cases) {
    test(`${algorithm.name} with ${JSON.stringify(own)} comes as near as the plan says`, () => {
      const found = distances(algorithm, own, expected.length - 1);
      for (const [t, distance] of expected.entries()) assert.ok(Math.abs(found[t] - distance) < 0.6e-6, `${found}`);
    });
  }
  for (const [algorithm, own] of [
    [spin, { beta: 0.4 }],
    [spif, { beta: 0.2 }],
  ] as const) {
    test(`${algorithm.name} with ${JSON.stringify(own)} oscillates: without early stopping it never settles`, () => {
      const [, first, second, third, fourth] = distances(algorithm, own, 4);
      assert.ok(first < second && second > third && third < fourth, `${[first, second, third, fourth]}`);
      assert.ok(Math.min(first, third) > 0.1);
    });
  }
});
