/** Keeps a value for each of the keys that were asked for last, so many at most. */
export class LastUsed<T> {
  readonly #capacity: number;
  /** A map remembers the order of insertion: the first key is the one that was not used for longest. */
  readonly #values = new Map<string, T>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value of a key; made where there is none. */
  get(key: string, make: () => T): T {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#capacity) this.#values.delete(this.#values.keys().next().value!);
    return value;
  }

  forget(key: string): void {
    this.#values.delete(key);
  }
}
