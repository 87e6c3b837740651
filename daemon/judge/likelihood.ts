import type { CallOptions, Sequence } from "../engine/engine.ts";
import type { Judgement, Scorer } from "./scorer.ts";

/** log π_ref of every token of some responses, nat. */
export type MeasureReference = (
  sequences: readonly Sequence[],
  options: CallOptions,
) => Promise<readonly Float32Array[]>;

/**
 * R_Q(q, a) without a verifier [ours], for studies: how sure the frozen reference is of an answer,
 *
 *   7 · exp( (1/|a|) Σ_t log π_ref(a_t | q, a_<t) )
 *
 * the geometric mean of its tokens' probabilities (the stop token included) on the scale of the seven criteria. It needs neither
 * a right answer nor a model that can judge; what it rewards is what the reference would have said anyway.
 */
export function likelihoodScorer(measure: MeasureReference): Scorer {
  return {
    name: "likelihood",
    range: [0, 7],
    async score(pairs, options = {}) {
      const known = pairs.filter((pair) => pair.sequence);
      const logprobs = await measure(
        known.map(({ sequence }) => sequence!),
        options,
      );
      const of = new Map(known.map((pair, i) => [pair, logprobs[i]!]));
      return pairs.map((pair): Judgement => judgementOf(of.get(pair)));
    },
  };
}

function judgementOf(logprobs: Float32Array | undefined): Judgement {
  if (!logprobs) return { value: null, unscored: "the answer's tokens are not known" };
  const mean = logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
  return { value: 7 * Math.exp(mean), rationale: `the reference's mean log-probability a token is ${mean.toFixed(3)}` };
}
