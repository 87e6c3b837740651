/**
 * The settings an algorithm reads. Values are validated where a config enters; here they are trusted.
 * Labels: [paper] read in the paper · [ours] chosen here · [TRL] as in Hugging Face's trainer.
 */

/** Which function of logp − ref pulls the policy to the reference; see `kl.ts`. */
export type KlEstimator = "k2" | "k3" | "literal";

/** What the Challenger is rewarded for, from the difficulty baseline V(q); see `challenger.ts`. */
export type ChallengerObjective = "minimax" | "frontier";

/** What happens to a query that admission rejects; see `rules.ts`. */
export type OnReject = "drop" | "penalise" | "off";

/** By what a token's coefficient is divided in GRPO; see `algorithms/grpo.ts`. */
export type Normalization = "grpo" | "dapo" | "dr_grpo";

export interface AlgorithmSettings {
  /** Weight of the KL term. LSP, LSP-Zero: 0.05 [paper]. */
  readonly beta: number;
  /**
   * LSP and LSP-Zero only; GRPO always takes k3 per token [TRL]. The paper doesn't say which estimator its authors ran:
   * `literal` is its eqs. 4–5 as printed, `k2` (default) is ours, `k3` is what TRL does.
   */
  readonly klEstimator: KlEstimator;
  /** α_Ch, weight of the Challenger's loss beside the Solver's. Its value is not given in the paper. */
  readonly alphaChallenger: number;
  /** Multiplies R_Q wherever it enters. 1 is the formula of the paper; another value is [ours]. */
  readonly selfRewardScale: number;
  /** `minimax` [paper] or `frontier` [ours, after R-Zero; needs rewards in [0, 1]]. */
  readonly objective: ChallengerObjective;
  /** What to do with a query that is not a task, or is in the round already [ours]. */
  readonly onReject: OnReject;
  /** `penalise` only: how far below the worst admitted query a rejected one lies, in units of reward [ours]. */
  readonly rejectMargin: number;
  /** GRPO only: the token denominators of GRPO, DAPO or Dr. GRPO, named as in TRL. */
  readonly normalization: Normalization;
  /** Optimizer steps on the same round. Above 1 (GRPO only) the ratio to the round's first policy is clipped. */
  readonly updatesPerRound: number;
  /** The ratio's lower clip is 1 − epsilonLow. */
  readonly epsilonLow: number;
  /** The ratio's upper clip is 1 + epsilonHigh; above epsilonLow it is DAPO's "clip higher". */
  readonly epsilonHigh: number;
  /** L_max, tokens: the limit of the Solver's sampling, and the constant length of `dr_grpo`. */
  readonly maxAnswerTokens: number;
  /** Answers cut at the token limit have no gradient (they keep their place in the group's mean and in denominators) [TRL]. */
  readonly maskTruncated: boolean;
}
