import type { Completion, SampleKey } from "../../engine/engine.ts";

/** A prompt's tokens and what was drawn after it. */
export interface Drawn {
  readonly prompt: readonly number[];
  readonly completion: Completion;
}

/** A query of the round, as drawn or taken from data; indices are its place among the N. */
export interface DrawnQuery {
  readonly index: number;
  /** Canonical where it names a task, else what the Challenger wrote. */
  readonly text: string;
  /** What the Challenger was given and what it drew; absent where the query came from data. */
  readonly drawn?: Drawn;
  readonly admitted: boolean;
  /** Why it was not admitted, as a sentence. */
  readonly reason?: string;
  /** A task set aside for measuring: never trained on. */
  readonly heldOut: boolean;
  /** An earlier query of the round has the same text. */
  readonly duplicate: boolean;
}

export interface DrawnAnswer extends Drawn {
  readonly text: string;
  /** Keys its noise. */
  readonly key: SampleKey;
}

/** A call's progress, out of a total, and its cancellation. */
export interface PhaseOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}
