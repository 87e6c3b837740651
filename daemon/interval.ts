/** A share with its 95 % interval, all 0–1. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How a number of comparisons ended, seen from the first side. */
export interface Tally {
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
}

/** The normal distribution's 97.5 % point. */
const z = 1.959963984540054;

/**
 * Win rate p = (wins + ties/2)/n with its 95 % score interval: all p whose distance to the estimate is at most z standard errors,
 * where the variance is that of a trinomial, p(1 − p) − t/4, at a share t of ties. Without ties this is Wilson's interval.
 * t is shrunk to ties/(n + z²) [ours]: otherwise n ties, and nothing else, would make an interval without width.
 *
 * Swapping wins and losses mirrors it at 1/2, and it contains its estimate.
 * @throws RangeError for n = 0, where nothing is known
 */
export function winRate({ wins, ties, losses }: Tally): Estimate {
  const n = wins + ties + losses;
  if (n === 0) throw new RangeError("a share of nothing");
  const value = (wins + ties / 2) / n;
  const a = z ** 2 / n;
  const t = ties / (n + z ** 2);
  // (value − p)² = a·(p(1 − p) − t/4), solved for p.
  const middle = (value + a / 2) / (1 + a);
  const halfWidth = Math.sqrt(Math.max(0, a * (value * (1 - value) + a / 4 - ((1 + a) * t) / 4))) / (1 + a);
  // The ends are exact where rounding would put the estimate outside.
  return {
    value,
    low: Math.max(0, Math.min(value, middle - halfWidth)),
    high: Math.min(1, Math.max(value, middle + halfWidth)),
  };
}

/** A share of successes with Wilson's 95 % interval. @throws RangeError for no trials */
export function share(successes: number, trials: number): Estimate {
  return winRate({ wins: successes, ties: 0, losses: trials - successes });
}
