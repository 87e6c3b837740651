import type { RunState } from "../../protocol.ts";
import type { RunView } from "./run-view.ts";

/** How a run that was watched ended: the promised last line of `--json`. */
export interface RunSummary {
  readonly id: string;
  readonly dir: string;
  /** `finished`, `stopped` or `interrupted`. */
  readonly status: RunState;
  /** The last finished round. */
  readonly rounds: number;
  /** Wall time of the run's last session without pauses; where it was not seen, what its rounds took. */
  readonly seconds: number;
  readonly seed: number;
  /** Held-out accuracy at the first and the last evaluation of the run, 0–1; null where there is none. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Sums up a run that has ended. */
export function summaryOf(view: RunView, now: number): RunSummary {
  const { id, state, seed, accuracy } = view.overview;
  return {
    id,
    dir: view.facts.dir,
    status: state,
    rounds: view.lastRound,
    seconds: view.elapsedSeconds(now),
    seed,
    before: accuracy?.first ?? null,
    after: accuracy?.last ?? null,
  };
}
