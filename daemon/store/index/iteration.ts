import type { RoundRecord } from "../records.ts";
import type { RunFacts } from "./facts.ts";

/**
 * The iteration that a round of an imitation belongs to; undefined where no opponent is held, and so there is but one.
 * @param of how many the run's config plans
 */
export function iterationOf({ metrics }: Pick<RoundRecord, "metrics">, of: number | undefined): RunFacts["iteration"] {
  const now = metrics["imitation/iteration"] ?? null;
  if (now === null || of === undefined || !((metrics["imitation/opponents"] ?? 0) > 0)) return undefined;
  return { now, of };
}
