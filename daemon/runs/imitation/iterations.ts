/**
 * When an iteration begins and ends. Everything is decided from a small record that lies in every saved state, so that a resume
 * and a fork decide the same as a run that never stopped.
 */
import { mean } from "../../selfplay/statistics.ts";

/** Where a run stands in its iterations, after a finished round. */
export interface Iteration {
  /** Counted from 1 over the stage. */
  readonly iteration: number;
  /** Its first round. */
  readonly first: number;
  /** Rounds of the stage that are never played, because iterations before it ended early. */
  readonly saved: number;
  /** Accuracies of its last rounds, at most `early_stop.window`; null where a round had none. */
  readonly accuracies: readonly (number | null)[];
}

/** What decides about iterations. */
export interface IterationPlan {
  /** The run's last round, if no iteration ends early. */
  readonly rounds: number;
  readonly iterations: number;
  /** Undefined: no iteration ends early. */
  readonly early: { readonly accuracy: number; readonly window: number } | undefined;
}

/**
 * The last round that is planned for an iteration: the rounds that are left are divided among the iterations that are left, each
 * gets at least one, and where that does not come out even later ones are longer by one. A fork that has more rounds than its
 * parent thus has longer iterations from there on, and one that also has more iterations has further ones of the same length.
 */
export function plannedLast({ iteration, first, saved }: Iteration, { rounds, iterations }: IterationPlan): number {
  const left = rounds - saved - (first - 1);
  return first - 1 + Math.max(1, Math.floor(left / Math.max(1, iterations - iteration + 1)));
}

/** Whether an iteration has learned enough: the mean accuracy of its last rounds, a whole window of them. */
export function isEnough({ accuracies }: Iteration, { early }: IterationPlan): boolean {
  if (!early || accuracies.length < early.window) return false;
  const accuracy = mean(accuracies.filter((each) => each !== null));
  return accuracy !== null && accuracy >= early.accuracy;
}

/**
 * The iteration of a round.
 * @param before where the run stood after the round before; undefined at the beginning of a stage
 */
export function iterationOf(round: number, before: Iteration | undefined, plan: IterationPlan): Iteration {
  if (!before) return { iteration: 1, first: round, saved: 0, accuracies: [] };
  const last = plannedLast(before, plan);
  const isLast = before.iteration >= plan.iterations;
  if (isLast || (round <= last && !isEnough(before, plan))) return before;
  const saved = before.saved + Math.max(0, last - (round - 1));
  return { iteration: before.iteration + 1, first: round, saved, accuracies: [] };
}

/** Where a run stands after a round of an iteration. */
export function afterRound(iteration: Iteration, accuracy: number | null, { early }: IterationPlan): Iteration {
  return early ? { ...iteration, accuracies: [...iteration.accuracies, accuracy].slice(-early.window) } : iteration;
}

/** The run's last round as far as is known after `round`, or at the beginning of a stage. */
export function lastRound(round: number, after: Iteration | undefined, plan: IterationPlan): number {
  if (!after) return plan.rounds;
  const last = plannedLast(after, plan);
  const saved = isEnough(after, plan) ? Math.max(0, last - round) : 0;
  return plan.rounds - after.saved - saved;
}
