/**
 * IPO, Identity Preference Optimization, arXiv 2310.12036: the margin of a pair is driven to a value instead of to infinity.
 * Its reference is the initial model.
 *
 *     L = (h − 1/(2τ))²        h = D⁺ − D⁻        coef(y⁺) = 2(h − 1/(2τ))        coef(y⁻) = −coef(y⁺)
 *
 * With `lengthAverage`, as in TRL, every D is divided by its response's tokens |y|, and so is its coefficient.
 */
import { type ImitationAlgorithm, logRatio, type ResponseLogprob } from "../imitation.ts";
import type { ImitationSettings } from "../imitation-settings.ts";

export const ipo: ImitationAlgorithm = {
  name: "ipo",
  title: "Identity Preference Optimization (IPO)",
  roles: ["chosen", "rejected"],
  reference: "initial",
  mean: "units",
  skipsIdentical: true,
  uses: ["tau", "lengthAverage"],
  loss: ([chosen, rejected], settings) => {
    const [d, dRejected] = [divisor(chosen, settings), divisor(rejected, settings)];
    const error = logRatio(chosen) / d - logRatio(rejected) / dRejected - 1 / (2 * settings.tau);
    return { loss: error ** 2, coefficient_R: [(2 * error) / d, (-2 * error) / dRejected] };
  },
  reward: (response, settings) => (settings.tau * logRatio(response)) / divisor(response, settings),
};

function divisor({ tokens }: ResponseLogprob, { lengthAverage }: ImitationSettings): number {
  return lengthAverage ? tokens : 1;
}
