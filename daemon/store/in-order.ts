/** Runs operations one after the other, in the order of the calls. */
export class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Starts once all earlier operations have ended, well or not: two are never in flight at once. */
  run<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
