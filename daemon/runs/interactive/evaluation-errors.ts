import type { Config } from "../../config/schema.ts";
import { SparringError } from "../../errors.ts";
import type { Outcome } from "../../judge/pairwise/duels.ts";

export function differentTasks(run: string, task: string, other: string, otherTask: string): SparringError {
  return new SparringError(
    "run/different-tasks",
    `Run "${run}" plays ${task}, and run "${other}" plays ${otherTask}: they can't be compared.`,
    "Compare runs of the same task.",
  );
}

/** The task that a run plays, and for questions of a file which file it is. */
export function taskInWords({ task, data }: Config["game"]): string {
  return data === undefined ? task : `the questions of ${data}`;
}

/** @param other asks questions of a file, and trains on some of those that `run` is measured on */
export function differentHeldOut(run: string, other: string): SparringError {
  return new SparringError(
    "run/different-tasks",
    `Run "${other}" does not hold out all the questions that run "${run}" is measured on: it may have been trained on them.`,
    "Compare runs with the same game.data and game.held_out.",
  );
}

/** @param outcomes all of them unscored, at least one */
export function nothingScored(outcomes: readonly Outcome[]): SparringError {
  const reasons = outcomes.flatMap((outcome) => (outcome.result === null ? [outcome.unscored] : []));
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [[reason, count]] = [...counts].sort((a, b) => b[1] - a[1]) as [[string, number]];
  return new SparringError(
    "run/nothing-scored",
    `The judge could score none of the ${outcomes.length} pairs; of ${count} because ${reason}.`,
    "Choose the judge `verifier`, or evaluate a run of a model that is large enough to judge.",
  );
}
