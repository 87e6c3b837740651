/**
 * Supervised fine-tuning: the log-likelihood of the data, and nothing to play against. It is the stage before self-play, and
 * the baseline of imitation.
 *
 *     L = −log π(y)        coef(y) = −1        mean over the step's tokens, as in TRL
 */
import type { ImitationAlgorithm } from "../imitation.ts";

export const sft: ImitationAlgorithm = {
  name: "sft",
  title: "Supervised fine-tuning (SFT)",
  roles: ["real"],
  reference: "none",
  mean: "tokens",
  skipsIdentical: false,
  uses: [],
  loss: ([real]) => ({ loss: -real.logp, coefficient_R: [-1] }),
};
