import type { RoundRecord } from "../store/records.ts";
import { type ByMeasure, byMeasure, type HasMeasures, type Measure, measured, type SampledValues } from "./measures.ts";
import { mean } from "./statistics.ts";

/** Late values are means over so many rounds, the last ones. */
export const lateRounds = 25;

/** A series has the mean of so many rounds as one value. */
export const seriesStep = 5;

/** Code of the problem that ends a run whose numbers are no longer numbers. */
export const notFinite = "run/not-finite";

/** Values with the round that each was measured after. */
export type Points = readonly (readonly [round: number, value: number])[];

/** All that tables and figures need of a run. */
export interface RunData {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  /** The last round that was planned, and the last that was finished; null before any. */
  readonly rounds: number;
  readonly played: number | null;
  /** Code of the problem that it stopped with. */
  readonly problem: string | null;
  /** Wall time of its finished rounds, seconds. */
  readonly seconds: number;
  /** Held-out accuracy, 0–1. */
  readonly accuracy: Points;
  /** A value for the whole run, as each measure says; null where no round has one. */
  readonly values: ByMeasure<number | null>;
  /** Means of the rounds 1–5, 6–10, …; null where none of them has a value. Without the rare measures. */
  readonly series: ByMeasure<readonly (number | null)[]>;
  /** The rare measures, with round 0 where that has one. */
  readonly points: ByMeasure<Points>;
}

/** What a run has finished, as far as a study looks at it. */
export interface ObservedRun {
  readonly planned: { readonly id: string; readonly arm: { readonly name: string }; readonly seed: number };
  /** The last round that it is to play. */
  readonly rounds: number;
  /** Finished rounds in order, round 0 (before training) first. */
  readonly records: readonly RoundRecord[];
  readonly problem?: string | undefined;
  readonly sampled?: SampledValues;
}

/** Condenses a run. */
export function runData(
  { measures }: HasMeasures,
  { planned, rounds, records, problem, sampled }: ObservedRun,
): RunData {
  const played = records.at(-1)?.round ?? null;
  const { id, arm, seed } = planned;
  const blocks = blocksOf(records, played ?? 0);
  const points = (measure: Measure): Points => pointsOf(records, (record) => measured(measure, record, sampled));
  const ofBlock = (measure: Measure, block: readonly RoundRecord[]): number | null =>
    mean(pointsOf(block, (record) => measured(measure, record, sampled)).map(([, value]) => value));
  const [rare, dense] = [measures.filter(({ isRare }) => isRare), measures.filter(({ isRare }) => !isRare)];
  return {
    id,
    arm: arm.name,
    seed,
    rounds,
    played,
    problem: problem ?? null,
    seconds: records.reduce((sum, { seconds }) => sum + seconds, 0),
    accuracy: pointsOf(records, ({ metrics }) => metrics["eval/accuracy"] ?? null),
    values: byMeasure({ measures }, (measure) => summarised(measure, points(measure), played ?? 0)),
    series: byMeasure({ measures: dense }, (measure) => blocks.map((block) => ofBlock(measure, block))),
    points: byMeasure({ measures: rare }, points),
  };
}

/** The first value, and the last if it is another one. */
export function endsOf(points: Points): { readonly start: number | null; readonly end: number | null } {
  return { start: points[0]?.[1] ?? null, end: points.length > 1 ? points.at(-1)![1] : null };
}

/** Whether a round is one of the last 25. */
export function isLate(round: number, played: number): boolean {
  return round > 0 && round > played - lateRounds;
}

/** The round in the middle of a series' i-th block. */
export function roundOfBlock(i: number): number {
  return i * seriesStep + (seriesStep + 1) / 2;
}

function pointsOf(records: readonly RoundRecord[], of: (record: RoundRecord) => number | null): Points {
  return records.flatMap((record) => {
    const value = of(record);
    return value === null ? [] : [[record.round, value] as const];
  });
}

/** A measure's values as one; round 0 is before training, and counts in none. */
function summarised({ summary }: Measure, points: Points, played: number): number | null {
  const trained = points.filter(([round]) => round > 0);
  if (trained.length === 0) return null;
  const values = trained.map(([, value]) => value);
  switch (summary) {
    case "late":
      return mean(trained.filter(([round]) => isLate(round, played)).map(([, value]) => value));
    case "mean":
      return mean(values);
    case "last":
      return values.at(-1)!;
    case "least":
      return Math.min(...values);
    case "greatest":
      return Math.max(...values);
  }
}

function blocksOf(records: readonly RoundRecord[], played: number): RoundRecord[][] {
  const blocks: RoundRecord[][] = Array.from({ length: Math.ceil(played / seriesStep) }, () => []);
  for (const record of records) {
    if (record.round > 0) blocks[Math.ceil(record.round / seriesStep) - 1]!.push(record);
  }
  return blocks;
}
