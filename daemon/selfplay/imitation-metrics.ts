/**
 * A step or iteration of an imitation algorithm in numbers, under TRL's names where TRL has them. A number that does not exist
 * is null; every key of an algorithm is there whenever it is measured.
 */
import { type ImitationAlgorithm, logRatio, type ResponseLogprob } from "./imitation.ts";
import type { ImitationSettings } from "./imitation-settings.ts";
import type { Metrics } from "./metrics.ts";
import { mean } from "./statistics.ts";

/** A unit as it was measured. */
export interface UnitObservation {
  /** In the order of the algorithm's roles. */
  readonly response_R: readonly ResponseLogprob[];
  readonly loss: number;
}

/**
 * - `loss`: mean over the units, or over tokens where the algorithm's is.
 * - `logps/<role>`, `log_ratio/<role>`, `rewards/<role>`: means of log π, of D and of the implicit reward r.
 * - `rewards/accuracies`, `rewards/margins`: share of units with r(first role) > r(second), and mean of the difference.
 * - `rewards/min`, `rewards/max`: range of r over all responses.
 * - `frac_beyond_bound`: share of responses with |r| beyond the algorithm's bound.
 */
export function imitationMetrics(
  algorithm: ImitationAlgorithm,
  units_U: readonly UnitObservation[],
  settings: ImitationSettings,
): Metrics {
  const reward_UR = units_U.map(({ response_R }) =>
    response_R.map((response) => algorithm.reward?.(response, settings) ?? null),
  );
  const pairs = reward_UR.filter((row): row is [number, number] => row.length > 1);
  const rewards = reward_UR.flat().filter((reward) => reward !== null);
  const bound = algorithm.bound?.(settings);
  const hasReference = algorithm.reference !== "none";
  const byRole = algorithm.roles.flatMap((role, r) => {
    const responses = units_U.map(({ response_R }) => response_R[r]);
    return [
      [`imitation/logps/${role}`, mean(responses.map(({ logp }) => logp))],
      [`imitation/log_ratio/${role}`, hasReference ? mean(responses.map(logRatio)) : null],
      [`imitation/rewards/${role}`, mean(reward_UR.map((row) => row[r]).filter((reward) => reward !== null))],
    ] as const;
  });
  return {
    "imitation/loss": meanLoss(algorithm, units_U),
    ...Object.fromEntries(byRole),
    "imitation/rewards/accuracies": mean(pairs.map(([first, second]) => Number(first > second))),
    "imitation/rewards/margins": mean(pairs.map(([first, second]) => first - second)),
    "imitation/rewards/min": extreme(Math.min, rewards),
    "imitation/rewards/max": extreme(Math.max, rewards),
    "imitation/frac_beyond_bound":
      bound === undefined ? null : mean(rewards.map((reward) => Number(Math.abs(reward) > bound))),
  };
}

/** Mean of the units' losses, over units or over tokens as the algorithm's mean is; null without units. */
export function meanLoss(algorithm: ImitationAlgorithm, units_U: readonly UnitObservation[]): number | null {
  const average = mean(units_U.map(({ loss }) => loss));
  if (average === null || algorithm.mean === "units") return average;
  const tokens = units_U.map(({ response_R }) => response_R.reduce((sum, response) => sum + response.tokens, 0));
  return average / mean(tokens)!;
}

/** Reduced one by one: an iteration may have more rewards than a call takes arguments. */
function extreme(of: (a: number, b: number) => number, values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => of(a, b));
}
