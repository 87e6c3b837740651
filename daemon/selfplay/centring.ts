/**
 * From scores to advantages: each score minus the mean of those it is compared with. Unscored members (null) are out of
 * the mean and get 0, and so does everybody where fewer than two are scored or all scores are equal.
 */
import type { Score } from "./algorithm.ts";
import { mean, standardDeviation } from "./statistics.ts";

/** The scores that exist. */
export function scored(scores: readonly Score[]): number[] {
  return scores.filter((score) => score !== null);
}

/** Mean of the scores that exist, null where there is none: V(q) of a row of rewards. */
export function meanScore(scores: readonly Score[]): Score {
  return mean(scored(scores));
}

/**
 * Whether the scores tell one member from another. Without contrast a group teaches nothing but its KL term.
 * This is a property of the group, not an error: an easy query is answered rightly every time.
 */
export function hasContrast(scores: readonly Score[]): boolean {
  return new Set(scored(scores)).size >= 2;
}

/** x − mean(x). The advantages of LSP, LSP-Zero [paper] and Dr. GRPO; they sum to 0. */
export function centre(scores: readonly Score[]): number[] {
  return advantagesOf(scores, () => 1);
}

/** (x − mean(x)) / (std(x) + 1e-4) with Bessel's correction. The advantages of GRPO, as in TRL; they sum to 0. */
export function standardise(scores: readonly Score[]): number[] {
  return advantagesOf(scores, (values) => standardDeviation(values)! + 1e-4);
}

function advantagesOf(scores: readonly Score[], divisor: (values: readonly number[]) => number): number[] {
  // Without this, equal scores whose mean rounds would get a tiny advantage instead of none.
  if (!hasContrast(scores)) return scores.map(() => 0);
  const values = scored(scores);
  const average = mean(values)!;
  const scale = divisor(values);
  return scores.map((score) => (score === null ? 0 : (score - average) / scale));
}
