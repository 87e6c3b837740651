import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import type { MeasuredRound } from "../../../daemon/runs/alarms/history.ts";
import type { WatchedJudge } from "../../../daemon/runs/alarms/settings.ts";

/** Where the recorded runs lie: those of the study, and those that were played to measure the alarms on. */
export const recordedFile = join(import.meta.dirname, "../../fixtures/alarms/recorded-runs.json.gz");
export const freshFile = join(import.meta.dirname, "../../fixtures/alarms/fresh-runs.json.gz");

/** Metrics are kept in thousandths. */
const unit = 1000;

const runSchema = z.object({
  /** <plan>.<arm>.<seed>. */
  id: z.string(),
  /** By the study's own criterion, at its end. */
  isDegenerate: z.boolean(),
  /** Whether it had a self-reward. */
  isSelfRewarded: z.boolean(),
  /** Its rounds from 0 on, metric by metric, in thousandths. */
  columns: z.record(z.string(), z.array(z.number().int().nullable())),
});
const fileSchema = z.object({ runs: z.array(runSchema) });

/** A run as far as alarms look at it. */
export interface RecordedRun {
  readonly id: string;
  readonly isDegenerate: boolean;
  readonly isSelfRewarded: boolean;
  readonly rounds: readonly MeasuredRound[];
}

/** The bytes of a file of runs. */
export function packRuns(runs: readonly RecordedRun[], metrics: readonly string[]): Uint8Array {
  const packed = runs.map(({ rounds, ...run }) => {
    const columnOf = (name: string): (number | null)[] =>
      rounds.map(({ metrics: { [name]: value } }) => (value == null ? null : Math.round(value * unit)));
    const columns = metrics.map((name): [string, (number | null)[]] => [name, columnOf(name)]);
    return {
      ...run,
      columns: Object.fromEntries(columns.filter(([, column]) => column.some((value) => value !== null))),
    };
  });
  return gzipSync(JSON.stringify({ runs: packed }), { level: 9 });
}

/** The recorded runs of a file. */
export function recordedRuns(file: string = recordedFile): RecordedRun[] {
  const { runs } = fileSchema.parse(JSON.parse(gunzipSync(readFileSync(file)).toString()));
  return runs.map(({ columns, ...run }) => {
    const count = Math.max(...Object.values(columns).map((column) => column.length));
    const rounds = Array.from({ length: count }, (_, round): MeasuredRound => {
      const entries = Object.entries(columns).map(([name, column]) => [name, thousandths(column[round])] as const);
      return { round, metrics: Object.fromEntries(entries) };
    });
    return { ...run, rounds };
  });
}

/** The judge of a run: R is the verifier's, so it is the self-reward. */
export function judgeOf({ isSelfRewarded }: RecordedRun): WatchedJudge | undefined {
  return isSelfRewarded ? { metric: "solver/self_reward", span: 7, besideVerifier: true } : undefined;
}

function thousandths(value: number | null | undefined): number | null {
  return value == null ? null : value / unit;
}
