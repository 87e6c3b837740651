import type { JudgedAnswer } from "./cases.ts";

/**
 * The strata of answers [ours]: what the judges say of an answer, coarsely. Ratings are chosen stratum by stratum, more where people
 * and judge differ more, and weighted back to the shares that the strata have among all answers. Neighbours are alike, so that a
 * stratum with too few ratings can be pooled with the next one.
 */
export const strata = [
  { score: "low", doubt: false },
  { score: "low", doubt: true },
  { score: "middle", doubt: false },
  { score: "middle", doubt: true },
  { score: "high", doubt: false },
  { score: "high", doubt: true },
] as const;

/** Scores below are low, and scores above 7 less this are high. */
const end = 1.5;

/** The stratum of an answer that the judge scored, as its index. */
export function stratumOf({ score, doubt }: { readonly score: number; readonly doubt: JudgedAnswer["doubt"] }): number {
  const third = score < end ? 0 : score > 7 - end ? 2 : 1;
  return 2 * third + (doubt ? 1 : 0);
}

/** Where the judge's criteria are as uncertain as this, half a point of its score, it counts as unsure. */
const unsureFrom = 0.5;

/** The upper half of a scale from 0 to 1 begins here. */
const half = 0.5;

/**
 * What speaks against a score [ours]. Two scorers disagree where one of them puts the answer into the upper half of its range, and the
 * other into the lower one.
 * @param scores        of all who scored the answer, each on the scale 0–1 (`scale.ts`): of an ensemble its members
 * @param probabilities how likely each criterion is met. Drawn by themselves, they make a score of standard deviation √Σ p(1 − p)
 */
export function doubtOf(
  scores: readonly number[],
  probabilities: readonly number[] | undefined,
): JudgedAnswer["doubt"] {
  if (scores.some((score) => score >= half) && scores.some((score) => score < half)) return "scorers-disagree";
  const variance = (probabilities ?? []).reduce((sum, p) => sum + p * (1 - p), 0);
  return variance > unsureFrom ** 2 ? "judge-unsure" : undefined;
}
