/**
 * SPAC, Self-Play with Adversarial Critic, arXiv 2406.04274. A Stackelberg game in which a critic, true to the preferences,
 * values what the policy writes as low as it can (pessimism on average). By a change of variable like DPO's the critic's
 * value is η·log(π_{t+1}/π_t), up to a constant of the prompt, and one loss is left [summary]. Reference and author of the
 * generated g are π_t. λ = 1 and log-sigmoid smoothing are the paper's [summary]; **where the smoothing goes is our
 * reading [ours]**:
 *
 *     outer (default)  L = λ·sp(−η(D⁺−D⁻)) + Σ_v w_v·sp(η(D_g − D_v))
 *     inner            L = λ·sp(−η(D⁺−D⁻)) + sp(η(D_g − Σ_v w_v·D_v))
 *     linear           L = λ·sp(−η(D⁺−D⁻)) + η(D_g − Σ_v w_v·D_v)          unbounded below; for study
 *
 * over v ∈ {chosen, rejected}. The paper leaves open which response of the pair g is held against; `against` both weighs
 * each ½, chosen and rejected weigh one 1 and the other 0. In every form the three coefficients sum to 0.
 */
import { type ImitationAlgorithm, logRatio, type UnitLoss } from "../imitation.ts";
import type { Against, ImitationSettings } from "../imitation-settings.ts";
import { logisticPair, sigmoid, softplus } from "../logistic.ts";

export const spac: ImitationAlgorithm = {
  name: "spac",
  title: "Self-Play with Adversarial Critic (SPAC), smoothing by our reading",
  roles: ["chosen", "rejected", "generated"],
  reference: "opponent",
  mean: "units",
  skipsIdentical: false,
  uses: ["eta", "lambda", "smoothing", "against"],
  loss: (response_R, settings) => {
    const preference = logisticPair(response_R, settings.eta);
    const [chosen, rejected, generated] = response_R.map(logRatio);
    const doubt = pessimism([chosen, rejected], generated, settings);
    const [doubtChosen, doubtRejected, doubtGenerated] = doubt.coefficient_R;
    return {
      loss: settings.lambda * preference.loss + doubt.loss,
      coefficient_R: [
        settings.lambda * preference.coefficient_R[0] + doubtChosen,
        settings.lambda * preference.coefficient_R[1] + doubtRejected,
        doubtGenerated,
      ],
    };
  },
  reward: (response, { eta }) => eta * logRatio(response),
};

/** w of chosen and rejected. */
const weights: Readonly<Record<Against, readonly [number, number]>> = {
  both: [0.5, 0.5],
  chosen: [1, 0],
  rejected: [0, 1],
};

/** The second term, which holds D_g down: its value, and its derivatives by D⁺, D⁻ and D_g. */
function pessimism(pair: readonly number[], generated: number, settings: ImitationSettings): UnitLoss {
  const { eta, smoothing } = settings;
  const w = weights[settings.against];
  if (smoothing === "outer") {
    const x = pair.map((D) => eta * (generated - D));
    const slopes = x.map((each, v) => w[v] * eta * sigmoid(each));
    return {
      loss: w[0] * softplus(x[0]) + w[1] * softplus(x[1]),
      coefficient_R: [-slopes[0], -slopes[1], slopes[0] + slopes[1]],
    };
  }
  const x = eta * (generated - w[0] * pair[0] - w[1] * pair[1]);
  const slope = smoothing === "inner" ? eta * sigmoid(x) : eta;
  return {
    loss: smoothing === "inner" ? softplus(x) : x,
    coefficient_R: [-w[0] * slope, -w[1] * slope, slope],
  };
}
