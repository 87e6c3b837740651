import type { Completion } from "../../engine/engine.ts";

/** A query of the round, as drawn or taken from data; indices are its place among the N. */
export interface DrawnQuery {
  readonly index: number;
  /** Canonical where it names a task, else what the Challenger wrote. */
  readonly text: string;
  /** The Challenger's tokens; absent where the query came from data. */
  readonly completion?: Completion;
  readonly admitted: boolean;
  /** Why it was not admitted, as a sentence. */
  readonly reason?: string;
  /** A task set aside for measuring: never trained on. */
  readonly heldOut: boolean;
  /** An earlier query of the round has the same text. */
  readonly duplicate: boolean;
}

export interface DrawnAnswer {
  readonly text: string;
  readonly completion: Completion;
}

/** A call's progress, out of a total, and its cancellation. */
export interface PhaseOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}
