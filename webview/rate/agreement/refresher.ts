/** The last answer to a question whose answer changes, and what is known of the next one. */
export interface Refreshed<T> {
  /** Undefined before the first answer. */
  readonly value: T | undefined;
  readonly isAsking: boolean;
  /** Why the last attempt got no answer; `value` is then an earlier one. */
  readonly error: unknown;
}

/**
 * Asks again whenever an answer may have changed, but no sooner than `interval` after the last question, and never two at once: what
 * takes long is not asked over and over while a person changes something every few seconds. A question that is under
 * way is left to end, and what changed meanwhile is asked about after it.
 */
export class Refresher<T> {
  readonly #ask: (signal: AbortSignal) => Promise<T>;
  readonly #tell: (state: Refreshed<T>) => void;
  readonly #interval: number;
  readonly #cancel = new AbortController();
  #state: Refreshed<T> = { value: undefined, isAsking: false, error: undefined };
  #lastAsked = Number.NEGATIVE_INFINITY;
  #isStale = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param interval least time from one question to the next, ms */
  constructor(ask: (signal: AbortSignal) => Promise<T>, tell: (state: Refreshed<T>) => void, interval: number) {
    this.#ask = ask;
    this.#tell = tell;
    this.#interval = interval;
  }

  /** The answer may have changed. */
  refresh(): void {
    this.#isStale = true;
    if (this.#state.isAsking || this.#timer !== undefined || this.#cancel.signal.aborted) return;
    const wait = this.#lastAsked + this.#interval - Date.now();
    if (wait <= 0) void this.#work();
    else this.#timer = setTimeout(() => void this.#work(), wait);
  }

  /** Asks nothing more, and cancels what is under way. */
  close(): void {
    this.#cancel.abort();
    clearTimeout(this.#timer);
  }

  async #work(): Promise<void> {
    this.#timer = undefined;
    this.#isStale = false;
    this.#lastAsked = Date.now();
    this.#note({ isAsking: true });
    try {
      const value = await this.#ask(this.#cancel.signal);
      this.#note({ value, isAsking: false, error: undefined });
    } catch (error) {
      this.#note({ isAsking: false, error });
    }
    if (this.#isStale) this.refresh();
  }

  #note(news: Partial<Refreshed<T>>): void {
    this.#state = { ...this.#state, ...news };
    if (!this.#cancel.signal.aborted) this.#tell(this.#state);
  }
}
