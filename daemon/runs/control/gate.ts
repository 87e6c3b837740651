import { AbortedError } from "../../errors.ts";

/**
 * Where a run is held: calls pass it while it is open. Closing it cancels the calls inside, which wait before it and try again
 * once it opens; the gate is quiet when none is inside. Stopping it turns away everybody for good.
 */
export class Gate {
  #isOpen = true;
  #inside = 0;
  /** Aborts what is inside when the gate closes; a new one for every opening. */
  #closing = new AbortController();
  readonly #stopped: AbortSignal;
  #changed: (() => void)[] = [];

  /** @param stopped ends the run: held calls reject with AbortedError */
  constructor(stopped: AbortSignal) {
    this.#stopped = stopped;
    stopped.addEventListener("abort", () => this.#announce(), { once: true });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Holds the run. Resolves once it is quiet, or stopped, or open again. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#closing.abort();
    while (this.#inside > 0 && !this.#isOpen && !this.#stopped.aborted) await this.#change();
  }

  /** Lets the run go on. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#closing = new AbortController();
    this.#announce();
  }

  /**
   * Runs a call inside, as often as the gate closes on it.
   * @param call    gets a signal that aborts when the gate closes, the run is stopped, or the caller cancels; is repeated
   *   after the AbortedError of a closing
   * @param options.signal the caller's own
   * @param options.retry  told before the call is repeated
   * @throws AbortedError when the run is stopped or the caller cancels
   */
  async pass<T>(
    call: (signal: AbortSignal) => Promise<T>,
    { signal, retry }: { readonly signal?: AbortSignal | undefined; readonly retry?: () => void } = {},
  ): Promise<T> {
    const isCancelled = (): boolean => this.#stopped.aborted || signal?.aborted === true;
    for (;;) {
      while (!this.#isOpen && !isCancelled()) await this.#change(signal);
      if (isCancelled()) throw new AbortedError("the run");
      const closing = this.#closing.signal;
      const any = anyOf(signal ? [closing, this.#stopped, signal] : [closing, this.#stopped]);
      this.#inside++;
      try {
        return await call(any.signal);
      } catch (error) {
        const isPause = error instanceof AbortedError && closing.aborted && !isCancelled();
        if (!isPause) throw error;
        retry?.();
      } finally {
        any.release();
        this.#inside--;
        this.#announce();
      }
    }
  }

  /** Waits until something about the gate changes, or the caller cancels. */
  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      signal?.addEventListener("abort", wake, { once: true });
      this.#changed.push(wake);
    });
  }

  #announce(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }
}

/** A signal that aborts with any of several. `AbortSignal.any` would be kept by each of them until the longest-lived ends. */
function anyOf(signals: readonly AbortSignal[]): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const each of signals) {
    if (each.aborted) abort();
    each.addEventListener("abort", abort);
  }
  const release = (): void => {
    for (const each of signals) each.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, release };
}
