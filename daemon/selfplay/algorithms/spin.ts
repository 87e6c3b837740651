/**
 * SPIN, Self-Play Fine-Tuning, arXiv 2401.01335 [paper]. The policy learns to tell the data from what it wrote itself at the
 * start of the iteration, when its weights were π_t: opponent and reference.
 *
 *     L = sp(−β(D(y) − D(y′)))        y from the data, y′ ~ π_t, D = log π_θ − log π_t
 *     coef(y) = −β·σ(−β(D − D′))      coef(y′) = −coef(y)
 *
 * Where y′ is y both coefficients are on the same tokens and cancel, so such a pair is skipped. Published: β 0.1, and 5 in
 * the last iteration.
 */
import { type ImitationAlgorithm, logRatio } from "../imitation.ts";
import { logisticPair } from "../logistic.ts";

export const spin: ImitationAlgorithm = {
  name: "spin",
  title: "Self-Play Fine-Tuning (SPIN)",
  roles: ["real", "generated"],
  reference: "opponent",
  mean: "units",
  skipsIdentical: true,
  uses: ["beta"],
  loss: (response_R, { beta }) => logisticPair(response_R, beta),
  reward: (response, { beta }) => beta * logRatio(response),
};
