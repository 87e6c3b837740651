/** Tells listeners of events, in the order in which they came. `vscode` has its own, which plain Node does not. */
export class Emitter<T> {
  readonly #listeners = new Set<(event: T) => void>();

  /** @returns what ends the listening */
  on(listener: (event: T) => void): () => void {
    const own = (event: T): void => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
