import type { Problem } from "../../daemon/protocol.ts";

/**
 * Something that the daemon has to write down before it counts: an entry that a person made (a rating, a pick) under an id of
 * this panel's choice, or its taking back. `tried`: it was sent at least once.
 */
export type Errand<T> =
  | { readonly kind: "add"; readonly run: string; readonly id: string; readonly entry: T; readonly tried: boolean }
  | { readonly kind: "remove"; readonly run: string; readonly id: string; readonly tried: boolean };

/** What waits for the daemon's word. */
export interface Waiting<T> {
  /** In the order in which they were made, which is the order of sending. */
  readonly errands: readonly Errand<T>[];
  /** Why the first one did not get through. Nothing is sent until `retry`. */
  readonly problem: Problem | undefined;
}

/**
 * What a person entered, on its way to the daemon: one errand at a time and in order. What was not acknowledged stays here, is kept with the
 * panel's state, and is sent again under the same id, which the daemon counts once.
 */
export class Outbox<T> {
  readonly #send: (errand: Errand<T>) => Promise<void>;
  readonly #problemOf: (error: unknown) => Problem;
  readonly #changed: (waiting: Waiting<T>) => void;
  #errands: readonly Errand<T>[];
  #problem: Problem | undefined;
  #isSending = false;
  #isClosed = false;

  /**
   * @param kept      what a panel before this one left behind
   * @param send      resolves when the daemon has it on disk
   * @param problemOf what is shown of an error of `send`
   */
  constructor(
    kept: readonly Errand<T>[],
    send: (errand: Errand<T>) => Promise<void>,
    problemOf: (error: unknown) => Problem,
    changed: (waiting: Waiting<T>) => void,
  ) {
    this.#errands = kept;
    this.#send = send;
    this.#problemOf = problemOf;
    this.#changed = changed;
  }

  get waiting(): Waiting<T> {
    return { errands: this.#errands, problem: this.#problem };
  }

  add(run: string, id: string, entry: T): void {
    this.#put([...this.#errands, { kind: "add", run, id, entry, tried: false }]);
  }

  /**
   * Takes an entry back. One that was never sent is dropped. One that was sent and not acknowledged may be on the daemon's
   * disk: it is not sent again, and taken back there.
   */
  remove(run: string, id: string): void {
    const waiting = this.#errands.find((errand) => errand.kind === "add" && errand.id === id);
    const isUnderWay = this.#isSending && waiting === this.#errands[0];
    const others = waiting && !isUnderWay ? this.#errands.filter((errand) => errand !== waiting) : this.#errands;
    if (waiting === this.#errands[0]) this.#problem = undefined;
    this.#put(waiting && !waiting.tried ? others : [...others, { kind: "remove", run, id, tried: false }]);
  }

  /** Sends again, after a problem or when the daemon is back. */
  retry(): void {
    this.#problem = undefined;
    this.#put(this.#errands);
  }

  /** Drops the errand that did not get through. @returns the id of its entry */
  giveUp(): string | undefined {
    const [first, ...others] = this.#errands;
    if (!first || this.#problem === undefined) return undefined;
    this.#problem = undefined;
    this.#put(others);
    return first.id;
  }

  /** Sends nothing more; what waits is for the panel that comes after. */
  close(): void {
    this.#isClosed = true;
  }

  #tell(): void {
    if (!this.#isClosed) this.#changed(this.waiting);
  }

  #put(errands: readonly Errand<T>[]): void {
    this.#errands = errands;
    this.#tell();
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#errands.length > 0 && this.#problem === undefined && !this.#isClosed) {
      const errand: Errand<T> = { ...this.#errands[0]!, tried: true };
      // Noted before it leaves: a reply that is lost must not make it look unsent.
      this.#errands = this.#errands.with(0, errand);
      this.#tell();
      try {
        await this.#send(errand);
        this.#errands = this.#errands.filter((each) => each !== errand);
      } catch (error) {
        this.#problem = this.#problemOf(error);
      }
      this.#tell();
    }
    this.#isSending = false;
  }
}
