import type { Pair } from "./cases.ts";

/**
 * Statistics of paired scores, the judge's and a person's, each pair with a weight. With equal weights they are the plain ones: SciPy's
 * `spearmanr`, scikit-learn's `cohen_kappa_score`. They are written over columns of numbers because a bootstrap asks for
 * them a thousand times. What is undefined is null.
 */
export type Statistic = (weights: Float64Array) => number | null;

/** Σ w·value / Σ w, over the cases at some places, or over all; null where nothing weighs. */
export function weightedMean(values: Float64Array, places: readonly number[] = [...values.keys()]): Statistic {
  const at = Int32Array.from(places);
  return (weights) => {
    let [sum, total] = [0, 0];
    for (let k = 0; k < at.length; k++) {
      const i = at[k]!;
      sum += weights[i]! * values[i]!;
      total += weights[i]!;
    }
    return total > 0 ? sum / total : null;
  };
}

/** Mean of judge − human. */
export function bias(pairs: readonly Pair[]): Statistic {
  return weightedMean(Float64Array.from(pairs, ({ judge, human }) => judge - human));
}

/** Share of pairs with the same score, the judge's rounded to a whole number. */
export function shareEqual(pairs: readonly Pair[]): Statistic {
  return weightedMean(Float64Array.from(pairs, ({ judge, human }) => (Math.round(judge) === human ? 1 : 0)));
}

/**
 * Cohen's κ with quadratic weights, of scores rounded to whole numbers. With x the judge's score and y the person's, and y′ a
 * person's score of another pair,
 *
 *   κ = 1 − E (x − y)² / E (x − y′)²        E (x − y′)² = Var x + Var y + (E x − E y)²
 *
 * so no table of scores is needed, nor how many there could be. Of two verdicts, 0 or 1, it is Cohen's κ. Null where both sides
 * give one and the same score to all.
 */
export function quadraticKappa(pairs: readonly Pair[]): Statistic {
  const judge = Float64Array.from(pairs, (pair) => Math.round(pair.judge));
  const human = Float64Array.from(pairs, (pair) => pair.human);
  return (weights) => {
    const { meanX, meanY, varX, varY, apart, total } = moments(judge, human, weights);
    const chance = varX + varY + (meanX - meanY) ** 2;
    return total > 0 && chance > tiny ? 1 - apart / chance : null;
  };
}

/** Rounding leaves so much of a variance that is none. */
const tiny = 1e-12;

/** Weighted means, variances and mean squared difference of two columns. */
export function moments(x: Float64Array, y: Float64Array, weights: Float64Array): Moments {
  let [total, sumX, sumY, sumXX, sumYY, sumApart] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const w = weights[i]!;
    const a = x[i]!;
    const b = y[i]!;
    total += w;
    sumX += w * a;
    sumY += w * b;
    sumXX += w * a * a;
    sumYY += w * b * b;
    sumApart += w * (a - b) ** 2;
  }
  const [meanX, meanY] = [sumX / total, sumY / total];
  return {
    total,
    meanX,
    meanY,
    varX: sumXX / total - meanX ** 2,
    varY: sumYY / total - meanY ** 2,
    apart: sumApart / total,
  };
}

/** What `moments` computes; `apart` is E (x − y)². */
export interface Moments {
  readonly total: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly varX: number;
  readonly varY: number;
  readonly apart: number;
}

/**
 * Spearman's rank correlation: Pearson's of the ranks, where a pair of weight w counts as w pairs and equal scores share the mean of
 * their ranks. Null where either side doesn't vary.
 */
export function spearman(pairs: readonly Pair[]): Statistic {
  const x = levelsOf(pairs.map(({ judge }) => judge));
  const y = levelsOf(pairs.map(({ human }) => human));
  return (weights) => {
    const ranksX = ranksOf(x, weights);
    const ranksY = ranksOf(y, weights);
    const { meanX, meanY, varX, varY, apart, total } = moments(ranksX, ranksY, weights);
    if (!(total > 0 && varX > tiny && varY > tiny)) return null;
    // E (x − y)² = Var x + Var y − 2 Cov + (E x − E y)², and both means of ranks are one half of the whole.
    return (varX + varY + (meanX - meanY) ** 2 - apart) / (2 * Math.sqrt(varX * varY));
  };
}

/** Which of the distinct values, in rising order, each value is. */
interface Levels {
  readonly of: Int32Array;
  readonly count: number;
}

function levelsOf(values: readonly number[]): Levels {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const places = new Map(distinct.map((value, place) => [value, place]));
  return { of: Int32Array.from(values, (value) => places.get(value)!), count: distinct.length };
}

/** Middle ranks as shares of the whole weight, 0–1. */
function ranksOf({ of, count }: Levels, weights: Float64Array): Float64Array {
  const held = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < of.length; i++) {
    held[of[i]!]! += weights[i]!;
    total += weights[i]!;
  }
  let below = 0;
  for (let level = 0; level < count; level++) {
    const weight = held[level]!;
    held[level] = (below + weight / 2) / total;
    below += weight;
  }
  // A loop: `Float64Array.from` with a function takes ten times as long.
  const ranks = new Float64Array(of.length);
  for (let i = 0; i < of.length; i++) ranks[i] = held[of[i]!]!;
  return ranks;
}
