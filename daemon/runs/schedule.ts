import type { Config } from "../config/schema.ts";
import type { AdamParams } from "../engine/engine.ts";

/** What a learning-rate schedule reads of the config. */
export interface ScheduleSettings {
  readonly lr: number;
  readonly warmup_rounds: number;
  readonly schedule: "constant" | "linear" | "cosine";
}

/**
 * Learning rate of a round, counted from 1: linear warm-up to `lr`, then constant, or down to 0 at the last round.
 * @param rounds the run's planned number of rounds
 */
export function learningRate(settings: ScheduleSettings, round: number, rounds: number): number {
  const { lr, warmup_rounds: warmup, schedule } = settings;
  if (round <= warmup) return (lr * round) / (warmup + 1);
  const progress = (round - warmup) / (rounds - warmup + 1);
  if (schedule === "linear") return lr * (1 - progress);
  if (schedule === "cosine") return (lr * (1 + Math.cos(Math.PI * progress))) / 2;
  return lr;
}

/**
 * How AdamW steps in a round.
 * @param lr what the schedule starts from
 */
export function adamOf({ optimizer, game }: Config, round: number, lr: number): AdamParams {
  const { beta1, beta2, eps, weight_decay: weightDecay, max_grad_norm: maxGradNorm } = optimizer;
  return { lr: learningRate({ ...optimizer, lr }, round, game.rounds), beta1, beta2, eps, weightDecay, maxGradNorm };
}
