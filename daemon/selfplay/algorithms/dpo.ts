/**
 * DPO, Direct Preference Optimization, arXiv 2305.18290: the baseline on pairs. Its reference is the initial model.
 *
 *     L = sp(−β(D⁺ − D⁻))        coef(y⁺) = −β·σ(−β(D⁺ − D⁻))        coef(y⁻) = −coef(y⁺)
 */
import { type ImitationAlgorithm, logRatio } from "../imitation.ts";
import { logisticPair } from "../logistic.ts";

export const dpo: ImitationAlgorithm = {
  name: "dpo",
  title: "Direct Preference Optimization (DPO)",
  roles: ["chosen", "rejected"],
  reference: "initial",
  mean: "units",
  skipsIdentical: true,
  uses: ["beta"],
  loss: (response_R, { beta }) => logisticPair(response_R, beta),
  reward: (response, { beta }) => beta * logRatio(response),
};
