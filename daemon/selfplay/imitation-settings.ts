/**
 * The settings of imitation losses, under the letters of their papers. Values are validated where a config or file enters;
 * here they are trusted. Which of them an algorithm reads is its `uses`. Labels as in `settings.ts`.
 */

/** How SPAC's pessimism is made a loss; see `algorithms/spac.ts`. */
export type Smoothing = "outer" | "inner" | "linear";

/** Which response of a pair SPAC's generated one is held against. */
export type Against = "both" | "chosen" | "rejected";

export interface ImitationSettings {
  /** β of SPIN, SPIF and DPO: the implicit reward is β·D. Above 0. SPIN: 0.1, later 5 [paper]. */
  readonly beta: number;
  /** c of SPIF, above 0: the adversary's rewards lie in [−1/c, 1/c]. Its value is not available [ours]. */
  readonly c: number;
  /** η of SPAC: the critic's value is η·D, up to a constant of the prompt. Above 0. */
  readonly eta: number;
  /** λ of SPAC: weight of the preferences beside the pessimism. In practice 1, in the theory large [summary]. */
  readonly lambda: number;
  /** SPAC's form; which one the paper's is, is not known [ours]. */
  readonly smoothing: Smoothing;
  /** y′ of SPAC: the paper leaves the choice open and averages both [summary]. */
  readonly against: Against;
  /** τ of IPO, above 0: its margin is driven to 1/(2τ). */
  readonly tau: number;
  /** IPO: divide every D by its response's tokens [TRL]; otherwise D is summed, as the formula is printed. */
  readonly lengthAverage: boolean;
  /** Every algorithm: a unit with a response that was cut at the token limit has no gradient (it keeps its place in denominators). */
  readonly maskTruncated: boolean;
}

/** What a setting is where nothing is said. */
export const imitationDefaults: ImitationSettings = {
  beta: 0.1,
  c: 1,
  eta: 0.1,
  lambda: 1,
  smoothing: "outer",
  against: "both",
  tau: 0.1,
  lengthAverage: true,
  maskTruncated: false,
};
