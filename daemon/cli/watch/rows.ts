import type { RoundRecord } from "../../store/records.ts";
import type { Measure } from "./measures.ts";

/** Between these a table can be taken in at a glance and still shows a trend. */
const fewestRows = 8;
const mostRows = 20;

/** Rounds between rows of the table: those between evaluations if they give a good number of rows, else 1, 2, 5, 10, 20, … */
export function roundsPerRow(rounds: number, evaluateEvery: number): number {
  const rows = rounds / evaluateEvery;
  if (rows >= fewestRows && rows <= mostRows) return evaluateEvery;
  for (let decade = 1; ; decade *= 10) {
    for (const step of [decade, 2 * decade, 5 * decade]) if (rounds / step <= mostRows) return step;
  }
}

/** A measure over several rounds, null where none of them has it. */
export function summarise(
  rounds: readonly Pick<RoundRecord, "metrics">[],
  { metric, summary }: Measure,
): number | null {
  const values = rounds.map(({ metrics }) => metrics[metric] ?? null).filter((value) => value !== null);
  if (values.length === 0) return null;
  return summary === "newest" ? values.at(-1)! : values.reduce((sum, value) => sum + value, 0) / values.length;
}
