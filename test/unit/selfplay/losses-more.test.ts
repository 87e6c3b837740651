import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Advantages, RoundLogprobs, RoundScores, Truncated } from "../../../daemon/selfplay/algorithm.ts";
import { type AlgorithmName, algorithms } from "../../../daemon/selfplay/registry.ts";
import type { AlgorithmSettings } from "../../../daemon/selfplay/settings.ts";
import { assertClose } from "./close.ts";
import { logprobsOf } from "./rounds.ts";

type Rows = number[][];

interface MoreCase extends RoundScores {
  name: string;
  algorithm: AlgorithmName;
  settings: AlgorithmSettings;
  current: { answers_NGT: number[][][]; queries_NT: Rows };
  reference: { answers_NGT: number[][][]; queries_NT: Rows };
  old?: { answers_NGT: number[][][]; queries_NT: Rows };
  sampler?: { answers_NGT: number[][][]; queries_NT: Rows };
  truncated_NG?: Truncated;
  expected: {
    advantages: Partial<Advantages>;
    coefficients: { answers_NGT: number[][][]; queries_NT: Rows };
  };
}

const more = JSON.parse(readFileSync("test/fixtures/losses-more.json", "utf8")) as { cases: MoreCase[] };

describe("losses-more.json (PyTorch's autograd)", () => {
  const logprobs = (raw: MoreCase["current"]): RoundLogprobs => logprobsOf(raw.answers_NGT, raw.queries_NT);

  for (const { name, settings, current, reference, old, sampler, truncated_NG, expected, ...scores } of more.cases) {
    test(name, () => {
      const algorithm = algorithms[scores.algorithm];
      const advantages = algorithm.advantages(scores, settings);
      for (const [key, value] of Object.entries(expected.advantages)) {
        assertClose(advantages[key as keyof Advantages], value, 1e-12, key);
      }
      const measuredBySampler = sampler && logprobs(sampler);
      const rest = [logprobs(reference), settings, truncated_NG, measuredBySampler] as const;
      if (old) {
        const gradient = algorithm.offPolicyGradient!(scores, advantages, logprobs(old), ...rest);
        const batch = logprobs(current).answers_NGT.flat();
        const indices = batch.map((_, b) => b).reverse();
        const reversed = gradient(batch.toReversed(), indices);
        assertClose(reversed.toReversed(), expected.coefficients.answers_NGT.flat(), 1e-7, "coefficient");
      } else {
        const coefficients = algorithm.coefficients(scores, advantages, logprobs(current), ...rest);
        assertClose(coefficients.answers_NGT, expected.coefficients.answers_NGT, 1e-7, "answers");
        assertClose(coefficients.queries_NT, expected.coefficients.queries_NT, 1e-7, "queries");
      }
    });
  }

  test("the off-policy cases meet both clip branches with both signs of the advantage", () => {
    const met = new Set<string>();
    for (const { old, current, settings, expected } of more.cases.filter((one) => one.old)) {
      for (const [i, row] of current.answers_NGT.entries()) {
        for (const [j, tokens] of row.entries()) {
          const sign = Math.sign(expected.advantages.solver_NG![i][j]);
          for (const [t, logp] of tokens.entries()) {
            const ratio = Math.exp(logp - old!.answers_NGT[i][j][t]);
            if (ratio > 1 + settings.epsilonHigh) met.add(`above ${sign}`);
            else if (ratio < 1 - settings.epsilonLow) met.add(`below ${sign}`);
            else if (ratio !== 1) met.add(`inside ${sign}`);
          }
        }
      }
    }
    assert.deepEqual([...met].sort(), ["above -1", "above 1", "below -1", "below 1", "inside -1", "inside 1"]);
  });
});
