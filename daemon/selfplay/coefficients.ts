/** The one formula that every algorithm here ends in. */
import { truncatedImportance } from "./truncated-importance.ts";

/** What one response's coefficients are made of. */
export interface Terms {
  readonly advantage: number;
  /** Weight of each token's advantage: importance weights, clipped ratios. */
  readonly weight_T: Float64Array;
  readonly beta: number;
  /** The KL term's derivative per token; see `kl.ts`. */
  readonly k_T: Float64Array;
  /** The global divisor, fixed before micro-batching. */
  readonly denominator: number;
}

/** −(w_t·A − β·k_t) / denominator for each token. */
export function responseCoefficients(terms: Terms): Float32Array {
  const { advantage, weight_T, beta, k_T, denominator } = terms;
  return Float32Array.from(k_T, (k, t) => -(weight_T[t] * advantage - beta * k) / denominator);
}

/** A response without gradient. */
export function noGradient(logp: Float32Array): Float32Array {
  return new Float32Array(logp.length);
}

/** Weight of each token's sample: 1 where the trainer's policy drew it, else truncated importance. */
export function importance(logp: Float32Array, sampler: Float32Array | undefined): Float64Array {
  return sampler === undefined ? new Float64Array(logp.length).fill(1) : truncatedImportance(logp, sampler);
}
