import { quantile } from "../../selfplay/statistics.ts";
import type { Statistic } from "./statistics.ts";
import { type Margin, rake } from "./weights.ts";

/** A number with its 95 % interval, or why there is none: a number that would be a guess is not given. */
export type Measure =
  | { readonly kind: "estimate"; readonly value: number; readonly low: number; readonly high: number }
  /** So many independent cases, of so many that are needed. */
  | { readonly kind: "too-few"; readonly n: number; readonly of: number }
  /** There is no interval, or not even a number. */
  | { readonly kind: "no-interval"; readonly value: number | null; readonly why: string };

/** What is resampled. */
export interface Resampling {
  /** Which unit each case belongs to, 0 to `units` − 1. Cases of one unit are not independent: it is drawn whole. */
  readonly unitOf: Int32Array;
  readonly units: number;
  readonly margins: readonly Margin[];
}

/** Resamples of a bootstrap. */
export const draws = 1000;

/** Fewer distinct units than this make no interval. */
export const fewestUnits = 30;

/** A statistic that is undefined in a larger share of resamples has no interval. */
const mostUndefined = 0.05;

/**
 * Statistics with bootstrap intervals. Each resample draws as many units as there are, with replacement, weighs its cases anew
 * (so that the interval knows what the weighting gains), and computes all statistics. The interval is the percentile
 * interval at levels that are widened for small samples: the percentiles of a standard normal variable at ∓√(n/(n − 1 − p))·t, with t
 * Student's 97.5 % point at one degree of freedom less than there are units. For p = 0 it is Hesterberg's "expanded percentile
 * interval" (*What Teachers Should Know About the Bootstrap*, 2015); n counts cases, and p the shares that their weights are fitted to,
 * as in a regression [ours]. The same cases give the same intervals.
 * @param fewest units below which there are too few to say anything
 */
export function measure<Name extends string>(
  resampling: Resampling,
  statistics: Readonly<Record<Name, Statistic>>,
  fewest = fewestUnits,
): Record<Name, Measure> {
  const { units } = resampling;
  const names = Object.keys(statistics) as Name[];
  const all = (measureOf: (name: Name) => Measure): Record<Name, Measure> =>
    Object.fromEntries(names.map((name) => [name, measureOf(name)])) as Record<Name, Measure>;
  if (units < fewest) return all(() => ({ kind: "too-few", n: units, of: fewest }));
  const weights = weightsOf(resampling);
  const drawn = new Map(names.map((name) => [name, [] as number[]]));
  for (const resample of resamples(resampling)) {
    for (const name of names) {
      const value = statistics[name](resample);
      if (value !== null) drawn.get(name)!.push(value);
    }
  }
  const fitted = resampling.margins.reduce((sum, { shares }) => sum + shares.length - 1, 0);
  const cases = resampling.unitOf.length;
  const tail = tailOf(units - 1, cases / (cases - 1 - fitted));
  return all((name) => measureFrom(statistics[name](weights), drawn.get(name)!, tail));
}

/** The weights of all cases, once each. */
export function weightsOf({ unitOf, margins }: Resampling): Float64Array {
  const weights = new Float64Array(unitOf.length).fill(1);
  rake(weights, margins);
  return weights;
}

function measureFrom(value: number | null, drawn: readonly number[], tail: number): Measure {
  if (value === null) return { kind: "no-interval", value, why: "all scores are the same" };
  if (drawn.length < (1 - mostUndefined) * draws) {
    return { kind: "no-interval", value, why: "almost all scores are the same" };
  }
  const [low, high] = [quantile(drawn, tail)!, quantile(drawn, 1 - tail)!];
  if (high - low < 1e-9) return { kind: "no-interval", value, why: "no rating differs from the others in this" };
  return { kind: "estimate", value, low: Math.min(low, value), high: Math.max(high, value) };
}

/** Weights of the cases in each resample; the array is used again for the next one. */
function* resamples({ unitOf, units, margins }: Resampling): Generator<Float64Array> {
  const random = generator(units);
  const counts = new Float64Array(units);
  const weights = new Float64Array(unitOf.length);
  for (let draw = 0; draw < draws; draw++) {
    counts.fill(0);
    for (let i = 0; i < units; i++) counts[Math.floor(random() * units)]!++;
    for (let i = 0; i < unitOf.length; i++) weights[i] = counts[unitOf[i]!]!;
    rake(weights, margins);
    yield weights;
  }
}

/** Numbers in [0, 1) by mulberry32: a resample wants speed and repeatability, nothing more. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const z = 1.959963984540054;

/** Share of resamples beyond each end of the interval at so many degrees of freedom, whose variance is wider by a factor. */
function tailOf(freedom: number, wider: number): number {
  // Student's 97.5 % point by Cornish and Fisher's expansion, good to 1e-4 from 20 degrees of freedom on.
  const t = z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
  return normalTail(Math.sqrt(wider) * t);
}

/** P(Z > x) of a standard normal variable for x > 0: Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
function normalTail(x: number): number {
  const k = 1 / (1 + 0.2316419 * x);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const polynomial = series.reduceRight((sum, each) => (sum + each) * k, 0);
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
