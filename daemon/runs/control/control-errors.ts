import { SparringError } from "../../errors.ts";
import type { Problem, RunOverview } from "../../protocol.ts";

/** What made a run fail, as its status says it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof SparringError) {
    const { code, message, next, place } = error;
    return { code, message, next, ...(place !== undefined && { place }) };
  }
  return {
    code: "run/unexpected",
    message: `Unexpected, which is a bug in Sparring: ${firstLine(error instanceof Error ? error.message : String(error))}`,
    next: "Report it with the run's log, which has the details; the run can be resumed after its last finished round.",
  };
}

/** Of an engine's error the rest is its stack, which is in the log. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}

export function exists(id: string, place: string): SparringError {
  return new SparringError(
    "run/exists",
    `There is another run "${id}", with other settings.`,
    "Choose another id for the new run.",
    { place },
  );
}

export function notRunning({ id, state }: RunOverview): SparringError {
  return new SparringError(
    "run/not-running",
    `Run "${id}" is ${state}, so there is nothing to pause.`,
    state === "queued"
      ? "Stop it to take it out of the queue; it can be resumed later."
      : "Pause a run while it is starting or running.",
  );
}

export function finished({ id, rounds }: RunOverview): SparringError {
  return new SparringError(
    "run/finished",
    `Run "${id}" has played all of its ${rounds} rounds.`,
    `Fork it to play on: \`sparring fork ${id} game.rounds=${rounds * 2}\`.`,
  );
}
