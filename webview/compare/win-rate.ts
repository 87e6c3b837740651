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
 * Win rate (wins + ties/2)/n with its 95 % score interval; without ties that is Wilson's. The same as in
 * daemon/judge/interval.ts, where the formula is explained; a test holds the two together.
 * @throws RangeError for n = 0, where nothing is known
 */
export function winRate({ wins, ties, losses }: Tally): Estimate {
  const n = wins + ties + losses;
  if (n === 0) throw new RangeError("a share of nothing");
  const value = (wins + ties / 2) / n;
  const a = z ** 2 / n;
  const t = ties / (n + z ** 2);
  const middle = (value + a / 2) / (1 + a);
  const halfWidth = Math.sqrt(Math.max(0, a * (value * (1 - value) + a / 4 - ((1 + a) * t) / 4))) / (1 + a);
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
