import type { RoundRecord } from "../store/records.ts";
import { byMeasure, type MeasureKey, measured, type ValidShares } from "./measures.ts";
import { mean } from "./statistics.ts";
import type { PlannedRun } from "./study.ts";

/** Late values are means over so many rounds, the last ones. */
export const lateRounds = 25;

/** A series has the mean of so many rounds as one value. */
export const seriesStep = 5;

/** All that tables and figures need of a run. */
export interface RunData {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  /** The last round that was planned, and the last that was finished; null before any. */
  readonly rounds: number;
  readonly played: number | null;
  /** Wall time of its finished rounds, seconds. */
  readonly seconds: number;
  /** Held-out accuracy, 0–1, with the round after which it was measured. */
  readonly accuracy: readonly (readonly [round: number, value: number])[];
  /** Means over the last 25 finished rounds; null where none of them has a value. */
  readonly late: Readonly<Record<MeasureKey, number | null>>;
  /** Means of the rounds 1–5, 6–10, …; null where none of them has a value. */
  readonly series: Readonly<Record<MeasureKey, readonly (number | null)[]>>;
}

/** What a run has finished, as far as a study looks at it. */
export interface ObservedRun {
  readonly planned: PlannedRun;
  /** The last round that it is to play. */
  readonly rounds: number;
  /** Finished rounds in order, round 0 (before training) first. */
  readonly records: readonly RoundRecord[];
  /** Only of a run that answers invalid queries, and only of the rounds that `needsValidShare`. */
  readonly valid?: ValidShares;
}

/** Condenses a run. */
export function runData({ planned, rounds, records, valid }: ObservedRun): RunData {
  const played = records.at(-1)?.round ?? null;
  const { id, arm, seed } = planned;
  const late = records.filter(({ round }) => isLate(round, played ?? 0));
  const blocks = blocksOf(records, played ?? 0);
  const meanOver = (some: readonly RoundRecord[], key: MeasureKey): number | null =>
    mean(some.map((record) => measured(key, record, valid)).filter((value) => value !== null));
  return {
    id,
    arm: arm.name,
    seed,
    rounds,
    played,
    seconds: records.reduce((sum, { seconds }) => sum + seconds, 0),
    accuracy: records.flatMap(({ round, metrics }) => {
      const value = metrics["eval/accuracy"] ?? null;
      return value === null ? [] : [[round, value] as const];
    }),
    late: byMeasure((key) => meanOver(late, key)),
    series: byMeasure((key) => blocks.map((block) => meanOver(block, key))),
  };
}

/** Whether a round's share of valid queries has to be read from its samples: the late ones, and one of each block of a series. */
export function needsValidShare(round: number, played: number): boolean {
  return isLate(round, played) || (round > 0 && round % seriesStep === 0);
}

/** The round in the middle of a series' i-th block. */
export function roundOfBlock(i: number): number {
  return i * seriesStep + (seriesStep + 1) / 2;
}

function isLate(round: number, played: number): boolean {
  return round > 0 && round > played - lateRounds;
}

function blocksOf(records: readonly RoundRecord[], played: number): RoundRecord[][] {
  const blocks: RoundRecord[][] = Array.from({ length: Math.ceil(played / seriesStep) }, () => []);
  for (const record of records) {
    if (record.round > 0) blocks[Math.ceil(record.round / seriesStep) - 1]!.push(record);
  }
  return blocks;
}
