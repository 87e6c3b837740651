/** An optimizer step of an imitation algorithm: which units it is made of, and its gradient as the engine asks for it. */
import type { GradientOf } from "./algorithm.ts";
import type { ImitationAlgorithm, ResponseLogprob, UnitLoss } from "./imitation.ts";
import type { ImitationSettings } from "./imitation-settings.ts";

/** A response as it is known before the step. */
export interface StepResponse {
  /** Token ids, the stop token included; never empty. */
  readonly response: ArrayLike<number>;
  /** It was cut at the token limit. */
  readonly truncated: boolean;
  /** log π_ref per token, nat; null where the algorithm has no reference. */
  readonly reference_T: Float32Array | null;
}

/** Why a unit has no gradient. `identical`: its first two responses are the same tokens, so that its coefficients cancel. */
export type Skip = "identical" | "truncated";

/** Whether a unit is left out, and why. Whoever puts a batch together may leave such a unit out of it. */
export function skipOf(
  algorithm: ImitationAlgorithm,
  response_R: readonly Pick<StepResponse, "response" | "truncated">[],
  settings: ImitationSettings,
): Skip | null {
  if (settings.maskTruncated && response_R.some(({ truncated }) => truncated)) return "truncated";
  return algorithm.skipsIdentical && isSame(response_R[0].response, response_R[1].response) ? "identical" : null;
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((token, t) => token === b[t]);
}

/**
 * The divisor of a step's summed loss: its units, or the tokens of all their responses.
 * @param drawn_UR the units drawn for the step, those that are skipped among them
 */
export function denominatorOf(
  { mean }: ImitationAlgorithm,
  drawn_UR: readonly (readonly Pick<StepResponse, "response">[])[],
): number {
  if (mean === "units") return drawn_UR.length;
  return drawn_UR.flat().reduce((sum, { response }) => sum + response.length, 0);
}

/** The `units` of the engine's `updateUnits`, for the batch `units_UR.flat()`: [[0, 1], [2, 3], …]. */
export function unitIndices(units_UR: readonly (readonly unknown[])[]): number[][] {
  let next = 0;
  return units_UR.map((response_R) => response_R.map(() => next++));
}

/** Hears a unit's log-probabilities and loss when its gradient is asked for, before any skipping; for metrics. */
export type OnUnit = (unit: number, response_R: readonly ResponseLogprob[], loss: UnitLoss) => void;

/**
 * The gradient callback of `updateUnits`, for the batch `units_UR.flat()` with `unitIndices(units_UR)`.
 * Several calls of `updateUnits` make one step with the same denominator. Skipped units get zeros.
 * @param units_UR    the batch's units, each response in its place of `algorithm.roles`
 * @param denominator `denominatorOf` the whole step, fixed before it is cut into batches and micro-batches
 */
export function gradientOf(
  algorithm: ImitationAlgorithm,
  settings: ImitationSettings,
  units_UR: readonly (readonly StepResponse[])[],
  denominator: number,
  onUnit?: OnUnit,
): GradientOf {
  return (logprobs, indices) => {
    const unit = indices[0] / algorithm.roles.length;
    const known_R = units_UR[unit];
    const response_R = logprobs.map((logp_T, r) => summed(logp_T, known_R[r].reference_T));
    const loss = algorithm.loss(response_R, settings);
    onUnit?.(unit, response_R, loss);
    const scale = skipOf(algorithm, known_R, settings) === null ? 1 / denominator : 0;
    return logprobs.map((logp_T, r) => new Float32Array(logp_T.length).fill(scale * loss.coefficient_R[r]));
  };
}

function summed(logp_T: Float32Array, reference_T: Float32Array | null): ResponseLogprob {
  return { logp: sum(logp_T), ref: reference_T === null ? 0 : sum(reference_T), tokens: logp_T.length };
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
