import type { AdamParams, StepStats } from "../../engine.ts";
import { sizeOf } from "../graph/graph.ts";
import type { Parameter } from "../llama/shape.ts";

/**
 * AdamW (Loshchilov & Hutter 2019) on one flat buffer, with PyTorch's formulas:
 * m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  w ← w·(1 − lr·λ) − lr·(m/(1−β₁ᵗ)) / (sqrt(v/(1−β₂ᵗ)) + ε).
 * Arithmetic in double precision, state in single, in a fixed order: the result does not depend on threads.
 */
export class AdamW {
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  step = 0;
  /** Ranges [start, end) of the flat buffer whose weights decay: matrices, not norms. */
  readonly #decayed: (readonly [number, number])[] = [];

  constructor(parameters: readonly Parameter[], size: number) {
    this.firstMoment = new Float32Array(size);
    this.secondMoment = new Float32Array(size);
    let offset = 0;
    for (const { shape } of parameters) {
      const end = offset + sizeOf(shape);
      if (shape.length > 1) this.#decayed.push([offset, end]);
      offset = end;
    }
  }

  /** Applies one step along −gradient. @throws RangeError if the gradient is not finite; then nothing has changed. */
  apply(weights: Float32Array, gradient: Float32Array, params: AdamParams): StepStats {
    let squares = 0;
    for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
    const gradNorm = Math.sqrt(squares);
    if (!Number.isFinite(gradNorm)) throw new RangeError("the gradient is not finite");

    const { lr, beta1, beta2, eps, weightDecay, maxGradNorm } = params;
    const clip = maxGradNorm > 0 && gradNorm > maxGradNorm ? maxGradNorm / gradNorm : 1;
    this.step += 1;
    const rate = lr / (1 - beta1 ** this.step);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.step);
    if (weightDecay > 0) {
      for (const [start, end] of this.#decayed) {
        for (let i = start; i < end; i++) weights[i] *= 1 - lr * weightDecay;
      }
    }
    const { firstMoment, secondMoment } = this;
    for (let i = 0; i < weights.length; i++) {
      const g = gradient[i] * clip;
      const m = beta1 * firstMoment[i] + (1 - beta1) * g;
      const v = beta2 * secondMoment[i] + (1 - beta2) * g * g;
      firstMoment[i] = m;
      secondMoment[i] = v;
      weights[i] -= (rate * m) / (Math.sqrt(v) * correction + eps);
    }
    return { step: this.step, gradNorm };
  }
}
