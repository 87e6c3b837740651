import type { Phase } from "./events.ts";

/** Seconds spent in each phase of a round. */
export class Stopwatch {
  readonly #seconds = new Map<Phase, number>();
  #phase: Phase | undefined;
  #since: number;
  readonly #now: () => number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** Ends the phase under way and begins another. */
  start(phase: Phase): void {
    this.#end();
    this.#phase = phase;
  }

  #end(): void {
    const now = this.#now();
    if (this.#phase) {
      this.#seconds.set(this.#phase, (this.#seconds.get(this.#phase) ?? 0) + (now - this.#since) / 1000);
    }
    this.#since = now;
  }

  /** Seconds a phase so far, the current one included. */
  read(): Record<string, number> {
    this.#end();
    return Object.fromEntries(this.#seconds);
  }
}
