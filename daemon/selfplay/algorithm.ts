/**
 * What an algorithm is: pure functions from a round's scores and log-probabilities to coefficients dL/dlogp per token.
 * No I/O, no clock, no randomness. Axis suffixes: `_N` queries drawn, `_NG` answers per query, `_NGT` tokens.
 *
 * Every loss here depends on the policy only through the log-probabilities of sampled tokens, so its exact gradient is
 * Σ coefficient·∇logp, and an engine need not know which algorithm it runs. All arithmetic is in float64;
 * coefficients are rounded to float32 once, at the end.
 */
import type { AlgorithmSettings } from "./settings.ts";

/** A number, or null where a judge gave none ("unscored" is never 0). */
export type Score = number | null;

/** A round's rewards, with every drawn query in its place, admitted or not. */
export interface RoundScores {
  /** Queries drawn and answers drawn a query; the denominators, whatever is dropped later. */
  readonly N: number;
  readonly G: number;
  /** False where admission rejected the query. */
  readonly admitted_N: readonly boolean[];
  /** True where the query is a task set aside for measuring: never a gradient, in any mode of admission. */
  readonly heldOut_N: readonly boolean[];
  /** R(q, a). A query that got no answers has an empty row. */
  readonly reward_NG: readonly (readonly Score[])[];
  /** R_Q(q, a), 0–7, unscaled; empty rows where the algorithm asks for none. */
  readonly selfReward_NG: readonly (readonly Score[])[];
}

/** What the algorithm made of the scores; recorded with the samples, shown in the editor. */
export interface Advantages {
  readonly solver_NG: readonly (readonly number[])[];
  /** All zero where the algorithm has no Challenger. */
  readonly challenger_N: readonly number[];
  /** V(q) = mean reward over scored answers, null where none is scored. */
  readonly V_N: readonly Score[];
  /** V_Q(q) = mean self-reward over scored answers, times `selfRewardScale`; null where none is scored. */
  readonly VQ_N: readonly Score[];
  /** The Challenger's reward before centring, null where out of the mean. */
  readonly challengerReward_N: readonly Score[];
  /** Conditions a person should know of, e.g. "only 1 query admitted: the Challenger learns nothing this round". */
  readonly notes: readonly string[];
}

/** Log-probabilities of a round, per response token, nat. */
export interface RoundLogprobs {
  readonly answers_NGT: readonly (readonly Float32Array[])[];
  /** Empty where queries came from data. */
  readonly queries_NT: readonly Float32Array[];
}

/** dL/dlogp per response token, in the same layout. A row of zeros is a sample without gradient. */
export type RoundCoefficients = RoundLogprobs;

/** True where an answer was cut at the token limit; rows as in `reward_NG`. */
export type Truncated = readonly (readonly boolean[])[];

/**
 * Pure function from current log-probabilities to coefficients; the engine's `GradientOf`, declared here because this
 * room imports no other.
 * @param logprobs per sequence of the unit, per response token, nat
 * @param indices  the unit's sequences, as indices into the batch
 * @returns        dL/dlogp, in the layout of `logprobs`
 */
export type GradientOf = (logprobs: readonly Float32Array[], indices: readonly number[]) => readonly Float32Array[];

/** One algorithm. Adding one is one file in `algorithms/` and one line in `registry.ts`. */
export interface Algorithm {
  /** As written in a config; the key in the registry. */
  readonly name: string;
  /** For people; says "Self-Play" where it is, because LSP means Language Server Protocol to this audience. */
  readonly title: string;
  /** Who writes the queries: the Challenger, or a dataset. */
  readonly queries: "challenger" | "data";
  /** Whether answers need R_Q beside R. */
  readonly selfReward: boolean;

  /** Scores to advantages; the rules for degenerate cases are listed in `rules.ts`. */
  advantages(scores: RoundScores, settings: AlgorithmSettings): Advantages;

  /**
   * Coefficients of the round's one on-policy step.
   * @param current   log-probabilities under the policy that is trained, which also drew the samples
   * @param reference the same tokens under the reference policy, in the same layout
   * @param truncated_NG needed where `settings.maskTruncated` is set
   * @param sampler   what the sampler measured, where that differs from `current` (see `truncated-importance.ts`)
   */
  coefficients(
    scores: RoundScores,
    advantages: Advantages,
    current: RoundLogprobs,
    reference: RoundLogprobs,
    settings: AlgorithmSettings,
    truncated_NG?: Truncated,
    sampler?: RoundLogprobs,
  ): RoundCoefficients;

  /**
   * Only where several updates a round are supported: the gradient as a function of the current log-probabilities.
   * At every update the batch is all of the round's answers, query by query; denominators are the round's.
   * @param old log-probabilities under the policy at the start of the round; other parameters as in `coefficients`
   */
  offPolicyGradient?(
    scores: RoundScores,
    advantages: Advantages,
    old: RoundLogprobs,
    reference: RoundLogprobs,
    settings: AlgorithmSettings,
    truncated_NG?: Truncated,
    sampler?: RoundLogprobs,
  ): GradientOf;
}
