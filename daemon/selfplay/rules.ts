/**
 * The rules for degenerate cases: the same for every algorithm, each in one place.
 *
 * | case                                   | rule                                                       | where               |
 * |----------------------------------------|------------------------------------------------------------|---------------------|
 * | denominators                           | drawn N and G, whatever is dropped later                   | `drawnAnswers` here |
 * | all rewards of a group equal           | advantages exactly 0, the KL term still acts               | `centring.ts`       |
 * | reward missing                         | unscored: out of the mean, advantage 0, KL term acts       | `centring.ts`       |
 * | fewer than 2 scored answers in a group | advantages 0                                               | `centring.ts`       |
 * | no scored answer to a query            | out of the Challenger's mean, advantage 0, KL term acts    | `centring.ts`       |
 * | query not admitted                     | dropped, penalised or answered all the same                | `queryFate` here    |
 * | fewer than 2 admitted queries          | the Challenger's advantages are 0, and a note says so      | `challenger.ts`     |
 * | answer cut at the token limit          | kept; with `maskTruncated` it has no gradient              | `isMasked` here     |
 * | empty answer                           | its stop token is one token, so length divisors are ≥ 1    | engine contract     |
 * | G = 1; N = 1 with a Challenger         | every advantage would be 0: refused                        | room `config`       |
 */
import type { RoundScores, Truncated } from "./algorithm.ts";
import type { AlgorithmSettings } from "./settings.ts";

/** N·G: the denominator of a mean over a round's answers, fixed when they are drawn. The Challenger's is N itself. */
export function drawnAnswers(scores: RoundScores): number {
  return scores.N * scores.G;
}

/**
 * What becomes of a drawn query.
 * - `answered`: it is part of the game.
 * - `penalised`: no answers; it stays in the Challenger's mean with a reward below every admitted query's, and keeps
 *   its KL term.
 * - `dropped`: no answers and no gradient. With dropped queries the Challenger's gradient, KL included, is the one
 *   conditioned on admission.
 *
 * A held-out task is dropped in every mode: even a penalty would train on it.
 */
export type QueryFate = "answered" | "penalised" | "dropped";

export function queryFate(scores: RoundScores, query: number, settings: AlgorithmSettings): QueryFate {
  if (scores.admitted_N[query]) return "answered";
  if (settings.onReject === "penalise" && !scores.heldOut_N[query]) return "penalised";
  return "dropped";
}

/** Whether an answer is left out of the loss because it was cut at the token limit. */
export function isMasked(
  settings: AlgorithmSettings,
  truncated_NG: Truncated | undefined,
  query: number,
  answer: number,
): boolean {
  return settings.maskTruncated && truncated_NG?.[query]?.[answer] === true;
}
