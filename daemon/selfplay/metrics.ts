/**
 * A round in numbers, under TRL's names where TRL has them, prefixed by whom they are about. A number that does not exist is
 * null. Nothing here is a loss: what a loss cannot express (entropy, KL of whole responses) is estimated from the samples.
 */
import type { Advantages, RoundLogprobs, RoundScores, Score, Truncated } from "./algorithm.ts";
import { scored } from "./centring.ts";
import { bigramDistance, distinctShare } from "./diversity.ts";
import { sequenceKl, tokenKl } from "./kl.ts";
import { correlation, mean, quantile, standardDeviation } from "./statistics.ts";

/** A finished round, as far as it can be measured without knowing the algorithm. */
export interface RoundObservation {
  readonly scores: RoundScores;
  readonly advantages: Advantages;
  readonly current: RoundLogprobs;
  readonly reference: RoundLogprobs;
  /** Text of each drawn query, canonical where it names a task. */
  readonly queries_N: readonly string[];
  readonly truncatedAnswers_NG: Truncated;
  /** Empty where queries came from data. */
  readonly truncatedQueries_N: readonly boolean[];
}

export type Metrics = Record<string, number | null>;

/** All metrics of a round; every key is there in every round. */
export function roundMetrics(round: RoundObservation): Metrics {
  return { ...solverMetrics(round), ...challengerMetrics(round), ...judgeMetrics(round.scores) };
}

/**
 * `reward` and `self_reward` (0–7, unscaled) are means over scored answers; `reward_std` is the mean of the groups' standard
 * deviations. `frac_reward_zero_std` is the share of answered groups without any advantage, from whatever reward
 * the algorithm makes its advantages of.
 */
function solverMetrics({ scores, advantages, current, reference, truncatedAnswers_NG }: RoundObservation): Metrics {
  const rewards_NG = scores.reward_NG.map(scored);
  const groups = advantages.solver_NG.filter((group) => group.length > 0);
  return {
    "solver/reward": mean(rewards_NG.flat()),
    "solver/reward_std": mean(rewards_NG.map(standardDeviation).filter((std) => std !== null)),
    "solver/self_reward": mean(scores.selfReward_NG.flatMap(scored)),
    "solver/frac_reward_zero_std": share(groups.map((group) => group.every((advantage) => advantage === 0))),
    ...responseMetrics("solver", current.answers_NGT.flat(), reference.answers_NGT.flat(), truncatedAnswers_NG.flat()),
  };
}

/**
 * `reward` is the Challenger's own, over queries in its mean; `difficulty` is 1 − V(q), so 0–1 for rewards in [0, 1]. Queries
 * from data have a difficulty and a diversity too; what only a Challenger has is null there.
 */
function challengerMetrics(round: RoundObservation): Metrics {
  const { scores, advantages, current, reference, queries_N, truncatedQueries_N } = round;
  const rewards = scored(advantages.challengerReward_N);
  const difficulties = scored(advantages.V_N).map((V) => 1 - V);
  const admitted = queries_N.filter((_, i) => scores.admitted_N[i]);
  return {
    "challenger/reward": mean(rewards),
    "challenger/reward_std": standardDeviation(rewards),
    "challenger/admitted": share(scores.admitted_N),
    "challenger/difficulty": mean(difficulties),
    "challenger/difficulty_p10": quantile(difficulties, 0.1),
    "challenger/difficulty_p90": quantile(difficulties, 0.9),
    "challenger/distinct": distinctShare(admitted, scores.N),
    "challenger/bigram_distance": bigramDistance(admitted),
    ...responseMetrics("challenger", current.queries_NT, reference.queries_NT, truncatedQueries_N),
  };
}

/**
 * Shares of answers that a judge gave no value, and Pearson's correlation of R and R_Q over answers that have both:
 * the two rewards together decide the game.
 */
function judgeMetrics({ reward_NG, selfReward_NG }: RoundScores): Metrics {
  const pairs = reward_NG.flatMap((row, i) => selfReward_NG[i].map((RQ, j) => [row[j], RQ] as const));
  return {
    "judge/frac_unscored_reward": share(reward_NG.flat().map(isUnscored)),
    "judge/frac_unscored_self_reward": share(selfReward_NG.flat().map(isUnscored)),
    "judge/reward_correlation": correlation(pairs.filter((pair): pair is [number, number] => !pair.some(isUnscored))),
  };
}

/**
 * `kl` is TRL's, nat per token; `kl_sequence` estimates KL(π‖ref) of a whole response; `entropy` is −logp of the sampled
 * tokens, an estimate of the policy's entropy, nat per token. Lengths in tokens, the stop token included.
 */
function responseMetrics(
  role: "solver" | "challenger",
  logp_ST: readonly Float32Array[],
  ref_ST: readonly Float32Array[],
  truncated: readonly boolean[],
): Metrics {
  return {
    [`${role}/kl`]: tokenKl(logp_ST, ref_ST),
    [`${role}/kl_sequence`]: sequenceKl(logp_ST, ref_ST),
    [`${role}/entropy`]: mean(logp_ST.flatMap((logp) => Array.from(logp, (value) => -value))),
    [`${role}/completions/mean_length`]: mean(logp_ST.map((logp) => logp.length)),
    [`${role}/completions/clipped_ratio`]: share(truncated),
  };
}

function isUnscored(score: Score): boolean {
  return score === null;
}

/** Part of the list that is true; null for an empty list. */
function share(flags: readonly boolean[]): number | null {
  return mean(flags.map(Number));
}
