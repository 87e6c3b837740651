/**
 * LSP-Zero, arXiv 2509.07414 [paper]: Language Self-Play without the self-reward, so the purely adversarial game.
 *
 *     A_Sol = R − V(q_i)        A_Ch = mean_i V − V(q_i)
 *
 * Losses and coefficients are LSP's. Known failure: the Challenger drifts to unsolvable queries.
 */
import type { Algorithm } from "../algorithm.ts";
import { difficultyReward } from "../challenger.ts";
import { playAdvantages, playCoefficients } from "./lsp.ts";

export const lspZero: Algorithm = {
  name: "lsp-zero",
  title: "Language Self-Play without self-reward (LSP-Zero)",
  queries: "challenger",
  selfReward: false,
  advantages: (scores, settings) =>
    playAdvantages(scores, settings, {
      total: (R) => R,
      challengerReward: (V) => (V === null ? null : difficultyReward(settings.objective, V)),
    }),
  coefficients: playCoefficients,
};
