/** One way to sort cases, and how often each sort should come up. */
export interface Margin {
  /** Which sort each case is of. */
  readonly of: Int32Array;
  /** The share of each sort among all answers; they add up to 1. */
  readonly shares: readonly number[];
}

/** A sort with fewer ratings than this is pooled with its neighbour: what so few say would weigh too much. */
const fewestOfSort = 10;

/** Weights whose margins are off by less are good enough. */
const tolerance = 1e-3;
const mostSweeps = 8;

/**
 * The margin of some cases, sorts with too few of them pooled with the next one, the last with the one before.
 * @param sorts   of each case
 * @param answers how many there are of each sort in a part of all; at least as many as were rated
 */
export function marginOf(sorts: readonly number[], answers: readonly number[]): Margin {
  const rated = answers.map(() => 0);
  for (const sort of sorts) rated[sort]!++;
  const pools: { cases: number; answers: number }[] = [{ cases: 0, answers: 0 }];
  const poolOf = answers.map((count, sort) => {
    if (pools.at(-1)!.cases >= fewestOfSort) pools.push({ cases: 0, answers: 0 });
    const pool = pools.at(-1)!;
    pool.cases += rated[sort]!;
    pool.answers += Math.max(count, rated[sort]!);
    return pools.length - 1;
  });
  const last = pools.at(-1)!;
  const isLeftOver = pools.length > 1 && last.cases < fewestOfSort;
  if (isLeftOver) {
    pools.pop();
    pools.at(-1)!.answers += last.answers;
  }
  const total = pools.reduce((sum, pool) => sum + pool.answers, 0);
  return {
    of: Int32Array.from(sorts, (sort) => Math.min(poolOf[sort]!, pools.length - 1)),
    shares: pools.map((pool) => pool.answers / total),
  };
}

/**
 * Raking, or iterative proportional fitting: multiplies weights, in place, until every margin has its shares. Answers were chosen
 * for what their ratings teach, not evenly; with these weights each sort of answers counts as often as it comes up. Of a single
 * margin this is post-stratification: the weight is the inverse of the share of the sort that was rated. A sort whose cases weigh
 * nothing, as happens in a resample, is left out.
 */
export function rake(weights: Float64Array, margins: readonly Margin[]): void {
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (const margin of margins) off = Math.max(off, fitTo(weights, margin));
    // One margin is fitted exactly by one sweep.
    if (off < tolerance || margins.length < 2) return;
  }
}

/** Multiplies weights so that one margin has its shares. @returns by how much the largest change differs from none */
function fitTo(weights: Float64Array, { of, shares }: Margin): number {
  const held = new Float64Array(shares.length);
  let total = 0;
  for (let i = 0; i < of.length; i++) {
    held[of[i]!]! += weights[i]!;
    total += weights[i]!;
  }
  let wanted = 0;
  for (let sort = 0; sort < shares.length; sort++) if (held[sort]! > 0) wanted += shares[sort]!;
  let off = 0;
  // The sums become the factors of their sorts.
  for (let sort = 0; sort < shares.length; sort++) {
    if (held[sort]! === 0) continue;
    held[sort] = (shares[sort]! / wanted) * (total / held[sort]!);
    off = Math.max(off, Math.abs(held[sort]! - 1));
  }
  for (let i = 0; i < of.length; i++) weights[i]! *= held[of[i]!]!;
  return off;
}
