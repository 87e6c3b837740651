/**
 * An error that a person can act on: a stable code, a sentence, the place, and what to do next.
 * Everything a user can get wrong is thrown as one of these; any other exception is a bug and is shown as such.
 */
export class SparringError extends Error {
  override readonly name = "SparringError";
  /** Stable identifier, e.g. `config/unknown-key`: `<room>/<what>`. Tools match on it; it never changes meaning. */
  readonly code: string;
  /** What to do next, as one imperative sentence. */
  readonly next: string;
  /** Where it is: a file, with line and column if known (`run.yaml:12:3`). */
  readonly place: string | undefined;

  constructor(code: string, message: string, next: string, options: { place?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = next;
    this.place = options.place;
  }
}

/** A command was cancelled by its caller (AbortSignal); not a failure. */
export class AbortedError extends Error {
  override readonly name = "AbortedError";
  constructor(what: string) {
    super(`${what} was cancelled`);
  }
}
