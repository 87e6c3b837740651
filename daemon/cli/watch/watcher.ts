import type { Progress, RunOverview } from "../../protocol.ts";
import type { RoundRecord } from "../../store/records.ts";
import type { RunFacts, RunView } from "./run-view.ts";

/** Where a run is watched: a terminal, or anything that takes text. */
export type Screen = NodeJS.WritableStream & { readonly columns?: number; readonly isTTY?: boolean };

/** Shows a run while it goes on. */
export interface Watcher {
  /** What is known of the run; undefined before `begin`. */
  readonly view: RunView | undefined;
  /** Prints what is played, and the head of its table. Called once, before the others. */
  begin(facts: RunFacts): void;
  /** The run came into another state, or was asked to. */
  change(overview: RunOverview): void;
  /** There is a newer snapshot. */
  progress(progress: Progress): void;
  /** Rounds were finished, in order; the first call has all since the run's beginning. */
  finish(rounds: readonly RoundRecord[]): void;
  /** Prints lines that stay. */
  say(...lines: string[]): void;
  /** Leaves the last state on the screen and stops drawing. */
  close(): void;
}

/** Columns to fill where a screen does not say how many it has. */
export const defaultColumns = 80;

/** Whether a screen can be drawn on: a terminal, and nobody asked for plain text. */
export function isLive(screen: Screen, env: Readonly<Record<string, string | undefined>>): boolean {
  return screen.isTTY === true && !env.CI && !env.NO_COLOR && env.TERM !== "dumb";
}
