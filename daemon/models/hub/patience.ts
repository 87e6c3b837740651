import { setTimeout as pause } from "node:timers/promises";
import { AbortedError, type SparringError } from "../../errors.ts";
import { TransientFailure } from "./errors.ts";

const maxFailures = 5;
const longestPauseMs = 30_000;
/** As long as the hub's rate limits count. */
const longestWaitMs = 5 * 60_000;

/** Decides whether to try again, and waits before: after 5 failures in a row it gives up. */
export class Patience {
  readonly #backOffMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #giveUp: (failure: TransientFailure) => SparringError;
  #failures = 0;

  constructor(
    backOffMs: number,
    signal: AbortSignal | undefined,
    giveUp: (failure: TransientFailure) => SparringError,
  ) {
    this.#backOffMs = backOffMs;
    this.#signal = signal;
    this.#giveUp = giveUp;
  }

  /** Something went well: failures are counted anew. */
  renew(): void {
    this.#failures = 0;
  }

  /**
   * Resolves when it is time to try again.
   * @throws the error itself where it is not transient, `giveUp`'s where it was one too many, AbortedError
   */
  async after(error: unknown): Promise<void> {
    if (!(error instanceof TransientFailure)) throw error;
    this.#failures++;
    const asked = error.retryAfterMs ?? 0;
    if (this.#failures === maxFailures || asked > longestWaitMs) throw this.#giveUp(error);
    const own = Math.min(longestPauseMs, this.#backOffMs * 2 ** (this.#failures - 1));
    // Spread, so that many who were cut off together don't come back together.
    const wait = Math.max(asked, own * (0.5 + Math.random() / 2));
    await pause(wait, undefined, { signal: this.#signal }).catch(() => {
      throw new AbortedError("the download");
    });
  }
}
