import { byMeasure, type MeasureKey } from "./measures.ts";
import type { RunData } from "./run-data.ts";
import { mean, type Spread, spread } from "./statistics.ts";
import type { Arm, Study } from "./study.ts";

/** Signs that a run's game has degenerated at its end, as the design of lsp-vs-zero says them. */
export const degenerations = {
  worse: "accuracy below its start",
  rejected: "fewer than half of the queries admitted",
  flat: "at least 70 % of the answered groups without contrast",
  copies: "fewer than a quarter of the queries distinct",
} as const;
export type Degeneration = keyof typeof degenerations;

/** What came out of one run. */
export interface RunResult {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly rounds: number;
  readonly played: number | null;
  readonly finished: boolean;
  /** Held-out accuracy before training and at the newest evaluation, 0–1. */
  readonly start: number | null;
  readonly end: number | null;
  readonly late: Readonly<Record<MeasureKey, number | null>>;
  /** Those that hold after its last finished round. A number that does not exist fulfils none. */
  readonly degenerate: readonly Degeneration[];
}

/** What came out of an arm. */
export interface ArmResult {
  readonly arm: Arm;
  /** How many runs were planned, and are finished. */
  readonly planned: number;
  readonly finished: number;
  /** The runs that the numbers are of: those that are finished, or while none is, those that have begun. */
  readonly counted: readonly RunResult[];
  /** Held-out accuracy, 0–1: mean before training, mean and range at the end, mean of end − start. */
  readonly start: number | null;
  readonly end: Spread | null;
  readonly gained: number | null;
  readonly late: Readonly<Record<MeasureKey, number | null>>;
}

/** What came out of a run. */
export function runResult({ id, arm, seed, rounds, played, accuracy, late }: RunData): RunResult {
  const start = accuracy[0]?.[1] ?? null;
  const end = accuracy.length > 1 ? accuracy.at(-1)![1] : null;
  return {
    ...{ id, arm, seed, rounds, played, finished: played === rounds, start, end, late },
    degenerate: degenerationsOf(start, end, late),
  };
}

/** Which signs of degeneration hold. */
export function degenerationsOf(
  start: number | null,
  end: number | null,
  { admitted, noContrast, distinct }: RunData["late"],
): Degeneration[] {
  const holds: Record<Degeneration, boolean> = {
    worse: start !== null && end !== null && end < start,
    rejected: admitted !== null && admitted < 0.5,
    flat: noContrast !== null && noContrast >= 0.7,
    copies: distinct !== null && distinct < 0.25,
  };
  return (Object.keys(degenerations) as Degeneration[]).filter((sign) => holds[sign]);
}

/** What came out of every arm, in the study's order. */
export function armResults({ arms }: Study, runs: readonly RunData[]): ArmResult[] {
  return arms.map((arm) => {
    const own = runs.filter((run) => run.arm === arm.name).map(runResult);
    const finished = own.filter((run) => run.finished);
    const counted = finished.length > 0 ? finished : own.filter(({ played }) => played !== null);
    const over = (value: (run: RunResult) => number | null): number[] =>
      counted.map(value).filter((each) => each !== null);
    return {
      arm,
      planned: own.length,
      finished: finished.length,
      counted,
      start: mean(over(({ start }) => start)),
      end: spread(over(({ end }) => end)),
      gained: mean(over(({ start, end }) => (start === null || end === null ? null : end - start))),
      late: byMeasure((key) => mean(over(({ late }) => late[key]))),
    };
  });
}
