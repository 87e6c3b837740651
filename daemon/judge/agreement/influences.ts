import type { RoundBand } from "./bands.ts";
import { weightsOf } from "./bootstrap.ts";
import type { Pair, RatedAnswer, ScoredAnswer } from "./cases.ts";
import { resamplingOf } from "./resampling.ts";
import { moments } from "./statistics.ts";

/** What one rating adds to the two statistics whose intervals the queue narrows. */
export type Influence = readonly [onBias: number, onKappa: number];

/** The influence of each rating, weighted as for agreement. */
export function influencesOfRatings(
  rated: readonly RatedAnswer[],
  population: readonly ScoredAnswer[],
  bands: readonly RoundBand[],
): Influence[] {
  const pairs = rated.map(({ rating, answer }): Pair => ({ judge: answer.score, human: rating.score }));
  return influences(pairs, weightsOf(resamplingOf(rated, population, bands)));
}

/**
 * The influence of each pair on both statistics: the change of the statistic, to first order, as the pair gains
 * weight. For the bias, d − E d with d = judge − human. For quadratic κ = 1 − N/D (see `quadraticKappa`),
 *
 *   −(N_i − N)/D + N·(D_i − D)/D²        N_i = (x − y)², D_i = (x − E x)² + (y − E y)² + 2(E x − E y)(x − y) − (E x − E y)²
 *
 * The variance of the statistic is Σ over strata of share²·Var(influence)/ratings. Influences on κ are 0 where it is undefined.
 */
export function influences(pairs: readonly Pair[], weights: Float64Array): Influence[] {
  const x = Float64Array.from(pairs, ({ judge }) => Math.round(judge));
  const y = Float64Array.from(pairs, ({ human }) => human);
  const { meanX, meanY, varX, varY, apart } = moments(x, y, weights);
  const shift = meanX - meanY;
  const chance = varX + varY + shift ** 2;
  return pairs.map(({ judge, human }, i) => {
    const own = (x[i]! - meanX) ** 2 + (y[i]! - meanY) ** 2 + 2 * shift * (x[i]! - y[i]!) - shift ** 2;
    const onKappa = -((x[i]! - y[i]!) ** 2 - apart) / chance + (apart * (own - chance)) / chance ** 2;
    return [judge - human - shift, chance > 0 ? onKappa : 0];
  });
}
