/**
 * What an algorithm is: pure functions from a round's scores and log-probabilities to coefficients dL/dlogp per token.
 * No I/O, no clock, no randomness. Axis suffixes: `_N` queries drawn, `_NG` answers per query, `_NGT` tokens.
 */

/** A number, or null where a judge gave none ("unscored" is never 0). */
export type Score = number | null;

/** A round's rewards, with every drawn query in its place, admitted or not. */
export interface RoundScores {
  /** Queries drawn and answers drawn a query; the denominators, whatever is dropped later. */
  readonly N: number;
  readonly G: number;
  /** False where admission rejected the query. */
  readonly admitted_N: readonly boolean[];
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
  /** V_Q(q), scaled like r. */
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
