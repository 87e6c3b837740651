import { type Series, valueAt } from "./series.ts";

/** An iteration of an imitation and the round that it begins with. */
export interface IterationStart {
  readonly iteration: number;
  readonly first: number;
}

/** Metrics that tell where the iterations of an imitation are. */
export const iterationMetrics: readonly string[] = ["imitation/iteration", "imitation/opponents"];

/** The iteration of a round, or of the newest one before it; null where the run has no iterations: without an opponent there is one only. */
export function iterationAt(series: Series, round: number): number | null {
  if ((valueAt(series, "imitation/opponents", round)?.value ?? 0) === 0) return null;
  return valueAt(series, "imitation/iteration", round)?.value ?? null;
}

/** The iterations that have begun; none where the run has no iterations. */
export function iterationStarts(series: Series): IterationStart[] {
  if (iterationAt(series, series.rounds.at(-1) ?? 0) === null) return [];
  let before: number | null = null;
  return (series.columns["imitation/iteration"] ?? []).flatMap((iteration, index) => {
    if (iteration === null || iteration === before) return [];
    before = iteration;
    return [{ iteration, first: series.rounds[index]! }];
  });
}
