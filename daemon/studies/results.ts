import { type ByMeasure, byMeasure } from "./measures.ts";
import { endsOf, notFinite, type RunData } from "./run-data.ts";
import { mean, type Spread, spread } from "./statistics.ts";
import type { Arm, Study } from "./study.ts";

/** What came out of one run. */
export interface RunResult {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly rounds: number;
  readonly played: number | null;
  /** Whether it has come to its end: its last round, or numbers that are none. */
  readonly finished: boolean;
  /** Held-out accuracy before training and at the newest evaluation, 0–1. */
  readonly start: number | null;
  readonly end: number | null;
  readonly values: ByMeasure<number | null>;
  /** Names of the signs of something wrong that hold after its last finished round. */
  readonly signs: readonly string[];
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
  readonly values: ByMeasure<Spread | null>;
}

/** What came out of a run. */
export function runResult({ instrument }: Pick<Study, "instrument">, run: RunData): RunResult {
  const { id, arm, seed, rounds, played, problem, accuracy, values } = run;
  const finished = played === rounds || problem === notFinite;
  const signs = instrument.signs.filter(({ holds }) => holds(run)).map(({ name }) => name);
  return { id, arm, seed, rounds, played, finished, ...endsOf(accuracy), values, signs };
}

/** What came out of every arm, in the study's order. */
export function armResults(study: Study, runs: readonly RunData[]): ArmResult[] {
  return study.arms.map((arm) => {
    const own = runs.filter((run) => run.arm === arm.name).map((run) => runResult(study, run));
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
      values: byMeasure(study.instrument, ({ key }) => spread(over(({ values }) => values[key] ?? null))),
    };
  });
}
