import { type Points, type RunData, roundOfBlock } from "./run-data.ts";
import { mean, type Spread, spread } from "./statistics.ts";

/** Mean and range over an arm's runs, those that have a value there. */
export interface CurvePoint extends Spread {
  readonly round: number;
}

/**
 * A value over the rounds of an arm's runs; points that no run has are left out.
 * @param key `accuracy`, or that of a measure
 * @param width so many neighbours of a series become one point, their mean; rare measures are all shown
 */
export function curveOf(runs: readonly RunData[], key: string, width: number): CurvePoint[] {
  const byRound = new Map<number, number[]>();
  for (const run of runs) {
    for (const [round, value] of pointsOf(run, key, width)) {
      byRound.set(round, [...(byRound.get(round) ?? []), value]);
    }
  }
  return [...byRound].map(([round, values]) => ({ round, ...spread(values)! })).sort((a, b) => a.round - b.round);
}

function pointsOf({ accuracy, points, series }: RunData, key: string, width: number): Points {
  if (key === "accuracy") return accuracy;
  return points[key] ?? thinned(series[key] ?? [], width);
}

/** Means of `width` neighbours of a series, at the rounds in their middle. */
function thinned(series: readonly (number | null)[], width: number): [round: number, value: number][] {
  return Array.from({ length: Math.ceil(series.length / width) }, (_, i) => {
    const block = series.slice(i * width, (i + 1) * width);
    const value = mean(block.filter((each) => each !== null));
    return [roundOfBlock(i * width + (block.length - 1) / 2), value] as const;
  }).filter((point): point is [number, number] => point[1] !== null);
}
