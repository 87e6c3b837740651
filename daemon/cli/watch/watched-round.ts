/** A finished round, as far as it is shown. */
export interface WatchedRound {
  readonly round: number;
  /** Seconds of its phases. */
  readonly seconds: number;
  /** Seconds since the round before was announced: what a person waits for a round. */
  readonly waited: number;
  /** Part of `seconds` spent on held-out evaluation. */
  readonly evaluationSeconds: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}
