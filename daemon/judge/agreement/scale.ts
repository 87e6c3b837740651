/** Between which values a judge's scores lie; null is no bound. */
export interface ScoreRange {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * A judge's score on the scale from 0 to `top`, so that judges of different ranges can be held against each other and against
 * people [ours]. Between two bounds it is linear:
 *
 *   top · (value − low) / (high − low)
 *
 * Where a bound is missing, as with a reward model's logit, it is top · 1 / (1 + exp(−value)). That keeps the order of the scores; where
 * the middle of the scale lies is the model's own choice of zero, about which Bradley and Terry's model says nothing.
 */
export function onScale(value: number, { low, high }: ScoreRange, top: number): number {
  if (low === null || high === null) return top / (1 + Math.exp(-value));
  return (top * (value - low)) / (high - low);
}
