/** The logistic loss that most imitation algorithms are made of, without overflow on either side. */
import { logRatio, type ResponseLogprob, type UnitLoss } from "./imitation.ts";

/** σ(x) = 1 / (1 + e⁻ˣ), the derivative of `softplus`. */
export function sigmoid(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return (x < 0 ? small : 1) / (1 + small);
}

/** sp(x) = log(1 + eˣ) = −log σ(−x). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * sp(−β(D(y) − D(y′))) of a better and a worse response: the loss of Bradley and Terry's model with rewards β·D.
 *
 *     coef(y) = −β·σ(−β(D − D′))        coef(y′) = −coef(y)
 */
export function logisticPair([better, worse]: readonly ResponseLogprob[], beta: number): UnitLoss {
  const x = -beta * (logRatio(better) - logRatio(worse));
  const slope = beta * sigmoid(x);
  return { loss: softplus(x), coefficient_R: [-slope, slope] };
}
