import { AbortedError, SparringError } from "../../errors.ts";

/** Interactive requests that may wait at once: beyond it a person waits for nothing. */
const mostWaiting = 16;

/**
 * Shares one device between the run that trains and interactive requests (chat, play again). Training is let in call by call:
 * an interactive request waits for the engine calls under way, runs alone, and then training has the next turn. Neither
 * can starve the other.
 */
export class Device {
  /** Training calls that run. */
  #training = 0;
  #interacting = false;
  /** The last turn was interactive: training comes next. */
  #trainingIsNext = false;
  readonly #held: Place[] = [];
  readonly #waiting: Place[] = [];

  /** Interactive requests that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs one engine call of training; several may run at once. @throws AbortedError if cancelled while it waits */
  async train<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#enter(this.#held, signal);
    try {
      return await call();
    } finally {
      this.#training--;
      this.#admit();
    }
  }

  /**
   * Runs an interactive request while no training call runs.
   * @throws AbortedError if cancelled while it waits; SparringError `run/device-busy` where too many wait
   */
  async interact<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#waiting.length >= mostWaiting) {
      throw new SparringError(
        "run/device-busy",
        `${mostWaiting} requests already wait for the device.`,
        "Try again in a moment, or pause the run that trains.",
      );
    }
    await this.#enter(this.#waiting, signal);
    try {
      return await work();
    } finally {
      this.#interacting = false;
      this.#trainingIsNext = true;
      this.#admit();
    }
  }

  /** Waits in a queue until `#admit` has taken the place. */
  #enter(queue: Place[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new AbortedError("waiting for the device"));
      const leave = (): void => {
        queue.splice(queue.indexOf(place), 1);
        reject(new AbortedError("waiting for the device"));
        this.#admit();
      };
      const place: Place = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      queue.push(place);
      this.#admit();
    });
  }

  /** Lets in whoever is next. Its place counts as taken from here on, though it runs a moment later. */
  #admit(): void {
    if (this.#interacting) return;
    const interactiveFirst = this.#waiting.length > 0 && !(this.#trainingIsNext && this.#held.length > 0);
    if (interactiveFirst) {
      // The training calls under way end first; new ones are held meanwhile.
      if (this.#training > 0) return;
      this.#interacting = true;
      this.#waiting.shift()!();
      return;
    }
    if (this.#held.length > 0) this.#trainingIsNext = false;
    this.#training += this.#held.length;
    for (const enter of this.#held.splice(0)) enter();
  }
}

/** Lets in the one who waits. */
type Place = () => void;
