/** A long request: how it is cancelled, and how it tells how far it is. */
export interface Errand {
  readonly signal: AbortSignal;
  /** @param what what it does now, as a phrase */
  readonly onProgress: (what: string, done: number, total: number) => void;
}
