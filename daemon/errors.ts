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

/**
 * What was asked for would send a run's texts to servers, and its user has not agreed to that. Sent again with their agreement to
 * `origins`, the request goes on.
 */
export class NeedsAgreementError extends SparringError {
  /** Of the servers: scheme, host and port. */
  readonly origins: readonly string[];

  constructor(code: string, message: string, next: string, origins: readonly string[]) {
    super(code, message, next);
    this.origins = origins;
  }
}

/** A command was cancelled by its caller (AbortSignal); not a failure. */
export class AbortedError extends Error {
  override readonly name = "AbortedError";
  constructor(what: string) {
    super(`${what} was cancelled`);
  }
}
