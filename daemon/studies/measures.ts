import type { RoundRecord } from "../store/records.ts";

/** What is read off every round, in the order of tables. */
export const measureKeys = [
  "admitted",
  "difficulty",
  "klSolver",
  "klChallenger",
  "distinct",
  "bigramDistance",
  "noContrast",
  "correlation",
] as const;
export type MeasureKey = (typeof measureKeys)[number];

/** A number of a round that a study looks at. */
export interface Measure {
  /** Its name in rounds.jsonl. */
  readonly metric: string;
  /** Heading of a column. */
  readonly label: string;
  /** What it is, with its unit. */
  readonly about: string;
  readonly format: "share" | "number";
}

export const measures: Readonly<Record<MeasureKey, Measure>> = {
  admitted: {
    metric: "challenger/admitted",
    label: "admitted",
    about: "share of the drawn queries that were admitted; where everything is answered, that were valid",
    format: "share",
  },
  difficulty: {
    metric: "challenger/difficulty",
    label: "difficulty",
    about: "1 − V: share of the answers that were wrong, 0–1",
    format: "number",
  },
  klSolver: {
    metric: "solver/kl",
    label: "KL Solver",
    about: "KL of the Solver to the start, nat a token",
    format: "number",
  },
  klChallenger: {
    metric: "challenger/kl",
    label: "KL Chall.",
    about: "KL of the Challenger to the start, nat a token",
    format: "number",
  },
  distinct: {
    metric: "challenger/distinct",
    label: "distinct",
    about: "distinct admitted queries, as a share of those drawn",
    format: "share",
  },
  bigramDistance: {
    metric: "challenger/bigram_distance",
    label: "bigrams",
    about: "mean Jaccard distance of the queries' character bigrams, 0–1; 0 where all are alike",
    format: "number",
  },
  noContrast: {
    metric: "solver/frac_reward_zero_std",
    label: "flat",
    about: "share of the answered groups without any advantage",
    format: "share",
  },
  correlation: {
    metric: "judge/reward_correlation",
    label: "R~R_Q",
    about: "correlation of the reward R and the self-reward R_Q over a round's answers",
    format: "number",
  },
};

/** Shares of valid queries by round, of a run that answers invalid ones too; its metrics have those that it answered. */
export type ValidShares = ReadonlyMap<number, number>;

/** The measure's value in a round; null where it has none. */
export function measured(key: MeasureKey, { round, metrics }: RoundRecord, valid?: ValidShares): number | null {
  if (key === "admitted" && valid) return valid.get(round) ?? null;
  return metrics[measures[key].metric] ?? null;
}

/** A value for each measure. */
export function byMeasure<T>(of: (key: MeasureKey) => T): Record<MeasureKey, T> {
  // The keys are all there; the compiler does not follow that through fromEntries.
  return Object.fromEntries(measureKeys.map((key) => [key, of(key)])) as Record<MeasureKey, T>;
}
