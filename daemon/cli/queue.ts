/** Values that arrive when they like, taken one at a time by one reader; those that come early wait. */
export class Queue<T> {
  readonly #early: T[] = [];
  #take: ((value: T) => void) | undefined;

  put(value: T): void {
    const take = this.#take;
    this.#take = undefined;
    if (take) take(value);
    else this.#early.push(value);
  }

  /** The next value, when it is there. */
  async next(): Promise<T> {
    if (this.#early.length > 0) return this.#early.shift()!;
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }
}
