/**
 * What an imitation algorithm is: a pure function from the log-probabilities of one *unit*'s responses to a loss and its
 * coefficients. A unit is what belongs to one example: its responses, one for each role. Axis suffixes: `_R` the roles of a
 * unit in the algorithm's order, `_U` units, `_T` tokens.
 *
 * The loss of an optimizer step is the mean of its units' losses; `imitation-step.ts` makes it the engine's gradient.
 */
import type { ImitationSettings } from "./imitation-settings.ts";

/**
 * A response's part in its unit. `real`: from the data (y). `chosen`, `rejected`: the data's pair (y⁺, y⁻). `generated`:
 * written by the opponent, the policy at the start of the iteration (y′, and g beside a pair).
 */
export type UnitRole = "real" | "chosen" | "rejected" | "generated";

/** One response, summed over its tokens (stop token included, prompt left out). */
export interface ResponseLogprob {
  /** log π_θ(y|x), nat. */
  readonly logp: number;
  /** log π_ref(y|x), nat; 0 and without meaning where the algorithm has no reference. */
  readonly ref: number;
  /** |y|, at least 1. */
  readonly tokens: number;
}

/** What a unit teaches, before it is divided by the step's denominator. */
export interface UnitLoss {
  readonly loss: number;
  /** dL/dlogp(y) for each role. log π(y) is a sum, so every token of y has this coefficient. */
  readonly coefficient_R: readonly number[];
}

/** One algorithm. Adding one is one file in `algorithms/` and one line in `registry.ts`. */
export interface ImitationAlgorithm {
  /** As written in a config; the key in the registry. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /**
   * The responses of a unit. Where there are several, the loss wants the first above the second: their implicit rewards are
   * what accuracy and margin compare.
   */
  readonly roles: readonly UnitRole[];
  /**
   * π_ref. `opponent`: π_t, the weights at the start of the iteration, which also generate. `initial`: the weights at the
   * start of the stage. `none`: the loss has no reference.
   */
  readonly reference: "opponent" | "initial" | "none";
  /** By what the sum of a step's losses is divided: its drawn units, or the tokens of their responses. */
  readonly mean: "units" | "tokens";
  /** Whether a unit whose first two responses are the same is left out, because its gradient is exactly 0. */
  readonly skipsIdentical: boolean;
  /** The settings that its formula reads. */
  readonly uses: readonly (keyof ImitationSettings)[];

  /** Loss and coefficients of one unit, its responses in the order of `roles`. */
  loss(response_R: readonly ResponseLogprob[], settings: ImitationSettings): UnitLoss;

  /** The implicit reward r(y), in the units of the loss; absent where the loss has no reference. */
  reward?(response: ResponseLogprob, settings: ImitationSettings): number;

  /** Beyond this |r(y)| the gradient reverses; absent where rewards have no bound. */
  bound?(settings: ImitationSettings): number;
}

/** Whether every iteration generates responses anew, by the policy that it starts from. */
export function regenerates({ roles }: ImitationAlgorithm): boolean {
  return roles.includes("generated");
}

/** What an example of the data must have: a real response, or a pair of chosen and rejected. */
export function dataOf({ roles }: ImitationAlgorithm): "real" | "pairs" {
  return roles.includes("real") ? "real" : "pairs";
}

/** D(y) = log π_θ(y|x) − log π_ref(y|x), nat. */
export function logRatio({ logp, ref }: ResponseLogprob): number {
  return logp - ref;
}
