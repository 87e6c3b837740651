/**
 * Where the sampler's arithmetic differs from the trainer's (another kernel, another precision), samples come from a
 * slightly different policy than the one being differentiated. Truncated importance weights correct the reward part
 * of each token's coefficient; the KL part is left as it is. GRPO as in TRL; the same rule for LSP is [ours].
 */

/** No token counts for more than this many. */
const cap = 2;

/**
 * min(exp(trainer − sampler), 2) per token. All 1 where both agree.
 * @param trainer log-probabilities by the trainer under the policy that sampled, nat
 * @param sampler log-probabilities of the same tokens as the sampler reported them
 */
export function truncatedImportance(trainer: Float32Array, sampler: Float32Array): Float64Array {
  return Float64Array.from(trainer, (value, t) => Math.min(Math.exp(value - sampler[t]), cap));
}
