/** Mean; null for no values. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and range of some values. */
export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Mean, least and greatest; null for no values. */
export function spread(values: readonly number[]): Spread | null {
  const average = mean(values);
  return average === null ? null : { mean: average, low: Math.min(...values), high: Math.max(...values) };
}
