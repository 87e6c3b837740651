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

/**
 * What speaks against a score.
 * @param reward        R, 0–1; other ranges can't be compared with the judge's and tell nothing
 * @param selfReward    R_Q, 0–7
 * @param probabilities how likely each criterion is met. Drawn by themselves, they make a score of standard deviation √Σ p(1 − p)
 */
export function doubtOf(
  reward: number | null,
  selfReward: number | null,
  probabilities: readonly number[] | undefined,
): JudgedAnswer["doubt"] {
  if (reward !== null && selfReward !== null && reward >= 0 && reward <= 1 && reward >= 0.5 !== selfReward >= 3.5) {
    return "scorers-disagree";
  }
  const variance = (probabilities ?? []).reduce((sum, p) => sum + p * (1 - p), 0);
  return variance > unsureFrom ** 2 ? "judge-unsure" : undefined;
}
