import type { Log } from "./log.ts";

/** Refusals are summed up in one line over this time, milliseconds, so that an attack can't fill the log. */
const summaryMs = 1_000;

/** Notes refused connections and cut off clients: what for, and how often. Nothing that was sent is quoted. */
export class Refusals {
  readonly #log: Log;
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param why one of a few fixed phrases */
  count(why: string): void {
    this.#counts.set(why, (this.#counts.get(why) ?? 0) + 1);
    this.#timer ??= setTimeout(() => this.flush(), summaryMs).unref();
  }

  /** Writes the line that is due. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#counts.size === 0) return;
    const parts = [...this.#counts].map(([why, count]) => `${count} × ${why}`);
    this.#counts.clear();
    this.#log("warn", `refused: ${parts.join(", ")}`);
  }
}
