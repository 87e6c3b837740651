import type { RoundRecord } from "../../../daemon/store/records.ts";
import type { PlannedRun } from "../../../daemon/studies/study.ts";

/** A run of an arm, planned. */
export function planned(arm = "a", seed = 1): PlannedRun {
  return { id: `s.${arm}.${seed}`, arm: { name: arm, about: `arm ${arm}`, settings: [] }, seed, settings: [] };
}

/** A finished round with these metrics. */
export function record(round: number, metrics: Record<string, number | null> = {}): RoundRecord {
  return { round, finishedAt: "2026-11-21T10:00:00.000Z", seconds: 0.5, phases: {}, metrics, notes: [] };
}

/** Rounds 0 to `last`. */
export function records(last: number, metrics: (round: number) => Record<string, number | null>): RoundRecord[] {
  return Array.from({ length: last + 1 }, (_, round) => record(round, metrics(round)));
}
