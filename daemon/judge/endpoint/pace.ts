import { setTimeout as sleep } from "node:timers/promises";
import { AbortedError } from "../../errors.ts";

/** When the next request may leave: at most so many a minute, and none before a time that the server named. */
export class Pace {
  readonly #spacingMs: number;
  #next = 0;
  #notBefore = 0;

  /** @param perMinute requests a minute at most; undefined: as many as are ready */
  constructor(perMinute: number | undefined) {
    this.#spacingMs = perMinute === undefined ? 0 : 60_000 / perMinute;
  }

  /** Resolves when a request may leave. @throws AbortedError */
  async turn(signal: AbortSignal): Promise<void> {
    const place = Math.max(this.#next, performance.now());
    this.#next = place + this.#spacingMs;
    // The server may name a later time while this waits.
    for (;;) {
      const wait = Math.max(place, this.#notBefore) - performance.now();
      if (wait <= 0) return;
      await pause(wait, signal);
    }
  }

  /** Nobody asks before so many milliseconds from now. */
  hold(ms: number): void {
    this.#notBefore = Math.max(this.#notBefore, performance.now() + ms);
    this.#next = Math.max(this.#next, this.#notBefore);
  }
}

/** Waits. @throws AbortedError */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw new AbortedError("score");
  });
}
