import type { RoundRecord } from "../store/records.ts";

/**
 * How a run's rounds become one value: the mean over its last 25 rounds or over all, the value of the last round that has one,
 * or the least or greatest of all rounds.
 */
export type Summary = "late" | "mean" | "last" | "least" | "greatest";

/** A number of a round that a study looks at. */
export interface Measure {
  /** Its name in the study's data. */
  readonly key: string;
  /** Its names in rounds.jsonl, of which a round has at most one. */
  readonly metrics: readonly string[];
  /** Heading of a column. */
  readonly label: string;
  /** What it is, with its unit. */
  readonly about: string;
  readonly format: "share" | "number" | "count";
  readonly summary: Summary;
  /** Of the arm's runs: their mean, or the least or greatest of them. */
  readonly ofRuns: "mean" | "low" | "high";
  /** Whether only some rounds have it, those that were evaluated: a curve then has each of its values. */
  readonly isRare?: boolean;
  /** Which column goes first where a terminal is narrow. */
  readonly dispensable: number;
}

/** Several measures, in the order of tables. */
export interface HasMeasures {
  readonly measures: readonly Measure[];
}

/** A value for each measure, by its key. */
export type ByMeasure<T> = Readonly<Record<string, T>>;

/** A value for each measure. */
export function byMeasure<T>({ measures }: HasMeasures, of: (measure: Measure) => T): ByMeasure<T> {
  return Object.fromEntries(measures.map((measure) => [measure.key, of(measure)]));
}

/** Values that were read from samples: by measure, then by round. */
export type SampledValues = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** The measure's value in a round; null where it has none. */
export function measured(
  { key, metrics: names }: Pick<Measure, "key" | "metrics">,
  { round, metrics }: Pick<RoundRecord, "round" | "metrics">,
  sampled?: SampledValues,
): number | null {
  const own = sampled?.get(key);
  if (own) return own.get(round) ?? null;
  return names.map((name) => metrics[name] ?? null).find((value) => value !== null) ?? null;
}

/** How a measure's values become one, as a clause after what it is; nothing for the usual way. */
export function summaryText({ summary }: Pick<Measure, "summary">): string {
  return {
    late: "",
    mean: "; mean of the run",
    last: "; at the last evaluation",
    least: "; the least of the run, and of the seeds",
    greatest: "; the greatest of the run, and of the seeds",
  }[summary];
}
