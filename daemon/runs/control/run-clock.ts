/** A clock that stands still while its run is paused, so that pauses count in no round's time and no estimate. */
export class RunClock {
  #paused = 0;
  #since: number | undefined;

  /** Milliseconds, without pauses. */
  readonly now = (): number => (this.#since ?? performance.now()) - this.#paused;

  stop(): void {
    this.#since ??= performance.now();
  }

  start(): void {
    if (this.#since === undefined) return;
    this.#paused += performance.now() - this.#since;
    this.#since = undefined;
  }
}
