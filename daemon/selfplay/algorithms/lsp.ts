/**
 * Language Self-Play (LSP), arXiv 2509.07414 [paper]. One model plays both roles: the Challenger writes N queries, the
 * Solver G answers to each, and a frozen reference scores how good the exchange is (the self-reward R_Q).
 *
 *     V(q_i) = mean_j R(q_i, a_ij)        V_Q(q_i) = mean_j s·R_Q(q_i, a_ij)
 *     r_ij   = R + s·R_Q                  A_Sol = r_ij − mean_j r_ij
 *     c_i    = −V(q_i) + V_Q(q_i)         A_Ch  = c_i − mean_i c_i
 *     L_Sol  = −(1/NG) Σ_ij [ (π/sg π)·A_Sol − β·log(π_Sol/π_Ref) ]
 *     L_Ch   = −(1/N)  Σ_i  [ (π_Ch/sg π_Ch)·A_Ch − β·log(π_Ch/π_Ref) ]
 *     L      = L_Sol + α_Ch·L_Ch          one gradient step a round
 *
 * The formulas are the paper's, with s = 1. Not given there, and so settings here: s, α_Ch, G, and which estimator the
 * KL term stands for. No division by a standard deviation, no clipping, no length normalisation.
 */
import type {
  Advantages,
  Algorithm,
  RoundCoefficients,
  RoundLogprobs,
  RoundScores,
  Score,
  Truncated,
} from "../algorithm.ts";
import { centre, meanScore } from "../centring.ts";
import { challengerAdvantages, difficultyReward } from "../challenger.ts";
import { importance, noGradient, responseCoefficients } from "../coefficients.ts";
import { klDerivative } from "../kl.ts";
import { drawnAnswers, isMasked, queryFate } from "../rules.ts";
import type { AlgorithmSettings } from "../settings.ts";
import { solverNotes } from "../solver-notes.ts";

export const lsp: Algorithm = {
  name: "lsp",
  title: "Language Self-Play (LSP)",
  queries: "challenger",
  selfReward: true,
  advantages: (scores, settings) =>
    playAdvantages(scores, settings, {
      total: (R, RQ) => (R === null || RQ === null ? null : R + settings.selfRewardScale * RQ),
      challengerReward: (V, VQ) => (V === null || VQ === null ? null : difficultyReward(settings.objective, V) + VQ),
    }),
  coefficients: playCoefficients,
};

/** Where LSP and LSP-Zero differ: how a pair's and a query's reward are put together from their parts. */
export interface Rewards {
  /** r_ij; null (unscored) where a part that it needs is missing. */
  readonly total: (R: Score, RQ: Score) => Score;
  /** c_i; null where a part that it needs is missing. V_Q comes scaled. */
  readonly challengerReward: (V: Score, VQ: Score) => Score;
}

/** The advantages of both roles. V and V_Q are means each over its own scored answers. */
export function playAdvantages(scores: RoundScores, settings: AlgorithmSettings, rewards: Rewards): Advantages {
  const total_NG = scores.reward_NG.map((row, i) => row.map((R, j) => rewards.total(R, scores.selfReward_NG[i][j])));
  const V_N = scores.reward_NG.map(meanScore);
  const VQ_N = scores.selfReward_NG.map((row) => {
    const average = meanScore(row);
    return average === null ? null : settings.selfRewardScale * average;
  });
  const own_N = V_N.map((V, i) => rewards.challengerReward(V, VQ_N[i]));
  const challenger = challengerAdvantages(scores, own_N, settings);
  return {
    solver_NG: total_NG.map(centre),
    challenger_N: challenger.advantage_N,
    V_N,
    VQ_N,
    challengerReward_N: challenger.reward_N,
    notes: [...solverNotes(total_NG), ...challenger.notes],
  };
}

/** Per token: answers −(A_Sol − β·k)/(N·G), queries −α_Ch·(A_Ch − β·k)/N; the loss is a sum over tokens. */
export function playCoefficients(
  scores: RoundScores,
  advantages: Advantages,
  current: RoundLogprobs,
  reference: RoundLogprobs,
  settings: AlgorithmSettings,
  truncated_NG?: Truncated,
  sampler?: RoundLogprobs,
): RoundCoefficients {
  const { beta, klEstimator, alphaChallenger } = settings;
  const answers_NGT = current.answers_NGT.map((row, i) =>
    row.map((logp, j) => {
      if (isMasked(settings, truncated_NG, i, j)) return noGradient(logp);
      return responseCoefficients({
        advantage: advantages.solver_NG[i][j],
        weight_T: importance(logp, sampler?.answers_NGT[i][j]),
        beta,
        k_T: klDerivative(klEstimator, logp, reference.answers_NGT[i][j]),
        denominator: drawnAnswers(scores),
      });
    }),
  );
  const queries_NT = current.queries_NT.map((logp, i) => {
    if (queryFate(scores, i, settings) === "dropped") return noGradient(logp);
    return responseCoefficients({
      advantage: alphaChallenger * advantages.challenger_N[i],
      weight_T: importance(logp, sampler?.queries_NT[i]),
      beta: alphaChallenger * beta,
      k_T: klDerivative(klEstimator, logp, reference.queries_NT[i]),
      denominator: scores.N,
    });
  });
  return { answers_NGT, queries_NT };
}
