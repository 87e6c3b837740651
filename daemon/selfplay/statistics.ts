/** Plain statistics of short lists, float64. What is undefined is null, never NaN. */

/** Σ x / n; null for an empty list. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation with Bessel's correction, √(Σ (x − x̄)² / (n − 1)); null for fewer than two values. */
export function standardDeviation(values: readonly number[]): number | null {
  const average = mean(values);
  if (average === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1));
}

/**
 * Quantile by linear interpolation between order statistics (NumPy's default); null for an empty list.
 * @param q in [0, 1]
 */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** Pearson's correlation of paired values; null for fewer than two pairs, or where either side doesn't vary. */
export function correlation(pairs: readonly (readonly [number, number])[]): number | null {
  const meanX = mean(pairs.map(([x]) => x));
  const meanY = mean(pairs.map(([, y]) => y));
  if (meanX === null || meanY === null) return null;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (const [x, y] of pairs) {
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/** Spearman's rank correlation of paired values: Pearson's of their ranks, ties sharing the mean of theirs; null as there. */
export function rankCorrelation(pairs: readonly (readonly [number, number])[]): number | null {
  const rankX = ranks(pairs.map(([x]) => x));
  const rankY = ranks(pairs.map(([, y]) => y));
  return correlation(pairs.map((_, i) => [rankX[i], rankY[i]]));
}

/** Rank of each value among all, from 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}
