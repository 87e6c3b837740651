/**
 * GRPO (arXiv 2402.03300) as in TRL, with the token denominators of GRPO, DAPO (2503.14476) or Dr. GRPO (2503.20783).
 * No Challenger: queries come from data. It is the baseline, and the "from RL" starting point of self-play.
 *
 *     A    = (r − mean)/(std + 1e-4), std with Bessel's correction        dr_grpo: A = r − mean
 *     L    = −Σ_t [ min(ρA, clip(ρ, 1−ε_low, 1+ε_high)·A) − β·k3 ] / d     ρ = π/π_old per token
 *     d    = N·G·|o| (grpo)    Σ_round |o| (dapo)    N·G·L_max (dr_grpo)
 *
 * with |o| the answer's tokens, stop token included. The KL term is always k3 per token, as in TRL.
 */
import type { Advantages, Algorithm, GradientOf, RoundLogprobs, RoundScores, Truncated } from "../algorithm.ts";
import { centre, meanScore, standardise } from "../centring.ts";
import { importance, noGradient, responseCoefficients } from "../coefficients.ts";
import { klDerivative } from "../kl.ts";
import { drawnAnswers, isMasked } from "../rules.ts";
import type { AlgorithmSettings } from "../settings.ts";
import { solverNotes } from "../solver-notes.ts";

export const grpo: Algorithm = {
  name: "grpo",
  title: "Group Relative Policy Optimization (GRPO)",
  queries: "data",
  selfReward: false,
  advantages,
  /** The on-policy step is the clipped objective at ρ = 1. */
  coefficients(scores, advantages, current, ...rest) {
    const gradient = clippedGradient(scores, advantages, current, ...rest);
    return {
      answers_NGT: current.answers_NGT.map((row, i) => row.map((logp, j) => gradient(logp, i, j))),
      queries_NT: [],
    };
  },
  offPolicyGradient(scores, advantages, old, ...rest): GradientOf {
    const gradient = clippedGradient(scores, advantages, old, ...rest);
    const positions = old.answers_NGT.flatMap((row, i) => row.map((_, j) => [i, j] as const));
    return (logprobs, indices) => logprobs.map((logp, u) => gradient(logp, ...positions[indices[u]]));
  },
};

function advantages(scores: RoundScores, settings: AlgorithmSettings): Advantages {
  const none_N = scores.reward_NG.map(() => null);
  return {
    solver_NG: scores.reward_NG.map(settings.normalization === "dr_grpo" ? centre : standardise),
    challenger_N: scores.reward_NG.map(() => 0),
    V_N: scores.reward_NG.map(meanScore),
    VQ_N: none_N,
    challengerReward_N: none_N,
    notes: solverNotes(scores.reward_NG),
  };
}

/** Coefficients of one answer as a function of its current log-probabilities. */
function clippedGradient(
  scores: RoundScores,
  advantages: Advantages,
  old: RoundLogprobs,
  reference: RoundLogprobs,
  settings: AlgorithmSettings,
  truncated_NG?: Truncated,
  sampler?: RoundLogprobs,
): (logp: Float32Array, query: number, answer: number) => Float32Array {
  // Masked answers count too: a denominator is fixed when the answers are drawn.
  const roundTokens = old.answers_NGT.flat().reduce((sum, answer) => sum + answer.length, 0);
  const denominators = {
    grpo: (tokens: number) => drawnAnswers(scores) * tokens,
    dapo: () => roundTokens,
    dr_grpo: () => drawnAnswers(scores) * settings.maxAnswerTokens,
  };
  return (logp, i, j) => {
    if (isMasked(settings, truncated_NG, i, j)) return noGradient(logp);
    const advantage = advantages.solver_NG[i][j];
    const old_T = old.answers_NGT[i][j];
    const weight_T = importance(old_T, sampler?.answers_NGT[i][j]);
    return responseCoefficients({
      advantage,
      weight_T: weight_T.map((w, t) => w * clippedRatio(Math.exp(logp[t] - old_T[t]), advantage, settings)),
      beta: settings.beta,
      k_T: klDerivative("k3", logp, reference.answers_NGT[i][j]),
      denominator: denominators[settings.normalization](logp.length),
    });
  };
}

/**
 * d min(ρA, clip(ρ)·A)/dlogp divided by A: ρ where the unclipped branch is the smaller one, else 0. So a token whose
 * probability has already moved far enough in its advantage's direction is left alone.
 */
function clippedRatio(ratio: number, advantage: number, settings: AlgorithmSettings): number {
  const clipped = Math.min(Math.max(ratio, 1 - settings.epsilonLow), 1 + settings.epsilonHigh);
  return ratio * advantage <= clipped * advantage ? ratio : 0;
}
