/**
 * The pull towards the reference. With samples y from the current policy, the KL term's part of a coefficient is
 * β·k per token, where k is the derivative of the estimator with respect to that token's log-probability:
 *
 * | estimator | term of the loss                        | k                                          | label   |
 * |-----------|-----------------------------------------|--------------------------------------------|---------|
 * | `k2`      | ½ D², D = Σ_t (logp − ref), a sequence  | D for every token: the unbiased on-policy  | [ours]  |
 * |           |                                         | gradient of the reverse KL(π‖ref)          |         |
 * | `k3`      | Σ_t exp(ref−logp) − (ref−logp) − 1      | 1 − exp(ref − logp): in expectation the    | [TRL]   |
 * |           |                                         | gradient of the forward per-token KL on    |         |
 * |           |                                         | the sampled prefixes                       |         |
 * | `literal` | D, as LSP's eqs. 4–5 are printed        | 1: averages out, so no pull; for study     | [paper] |
 */
import type { KlEstimator } from "./settings.ts";
import { mean } from "./statistics.ts";

/**
 * k of the table above for each token of one sequence.
 * @param logp current log-probability per response token, nat
 * @param ref  the same under the reference
 */
export function klDerivative(estimator: KlEstimator, logp: Float32Array, ref: Float32Array): Float64Array {
  switch (estimator) {
    case "k2":
      return new Float64Array(logp.length).fill(logRatio(logp, ref));
    case "k3":
      return Float64Array.from(logp, (value, t) => 1 - Math.exp(ref[t] - value));
    case "literal":
      return new Float64Array(logp.length).fill(1);
  }
}

/**
 * TRL's `kl`: mean over all tokens of exp(ref − logp) − (ref − logp) − 1. Nat per token, ≥ 0, low variance;
 * null without tokens.
 */
export function tokenKl(logp_ST: readonly Float32Array[], ref_ST: readonly Float32Array[]): number | null {
  let sum = 0;
  let tokens = 0;
  for (const [s, logp] of logp_ST.entries()) {
    for (const [t, value] of logp.entries()) {
      const difference = ref_ST[s][t] - value;
      sum += Math.exp(difference) - difference - 1;
      tokens++;
    }
  }
  return tokens === 0 ? null : sum / tokens;
}

/**
 * Mean over sequences of Σ_t (logp − ref): the unbiased estimate of KL(π‖ref) of whole responses. Nat per sequence,
 * may come out negative on few samples; null without sequences.
 */
export function sequenceKl(logp_ST: readonly Float32Array[], ref_ST: readonly Float32Array[]): number | null {
  return mean(logp_ST.map((logp, s) => logRatio(logp, ref_ST[s])));
}

/** D(y) = logp(y) − ref(y), summed over the response's tokens. */
function logRatio(logp: Float32Array, ref: Float32Array): number {
  return logp.reduce((sum, value, t) => sum + (value - ref[t]), 0);
}
