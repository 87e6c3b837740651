import type { Config } from "../../config/schema.ts";
import { findTask } from "../../tasks/registry.ts";
import { fixed, percent } from "../../text/numbers.ts";

/** A metric of a round that people watch. */
export interface Measure {
  /** Its name in rounds.jsonl. */
  readonly metric: string;
  readonly label: string;
  /** How several rounds are shown as one: noisy metrics as their mean, a measurement as the newest. */
  readonly summary: "mean" | "newest";
  readonly format: (value: number | null) => string;
  /** Whether a run with this config has it. */
  readonly isMeasured: (config: Config) => boolean;
}

const always = () => true;

/** Whether a run's game has tasks that are set aside for measuring: only where a verifier knows the right answers. */
export function hasHeldOut({ game, challenger }: Config): boolean {
  return findTask(game.task, challenger).verifiable;
}

const isSelfPlay = ({ algorithm }: Config) => algorithm.name !== "grpo";

export const reward: Measure = {
  metric: "solver/reward",
  label: "reward",
  summary: "mean",
  format: fixed(3),
  isMeasured: always,
};
/** R_Q, 0–7, before it is scaled. */
export const selfReward: Measure = {
  metric: "solver/self_reward",
  label: "self-reward",
  summary: "mean",
  format: fixed(2),
  isMeasured: ({ algorithm }) => algorithm.name === "lsp",
};
/** 1 − V, mean over queries: with a verifier the share of answers that were wrong. */
export const difficulty: Measure = {
  metric: "challenger/difficulty",
  label: "difficulty",
  summary: "mean",
  format: fixed(3),
  isMeasured: always,
};
export const admitted: Measure = {
  metric: "challenger/admitted",
  label: "admitted",
  summary: "mean",
  format: (value) => percent(value, 0),
  isMeasured: isSelfPlay,
};
export const heldOut: Measure = {
  metric: "eval/accuracy",
  label: "held-out",
  summary: "newest",
  format: (value) => percent(value),
  isMeasured: hasHeldOut,
};
/** Of the Solver against the reference, nat per token. */
export const kl: Measure = { metric: "solver/kl", label: "KL", summary: "mean", format: fixed(3), isMeasured: always };

/** Columns of the table. */
export const tabulated: readonly Measure[] = [reward, selfReward, difficulty, admitted, heldOut, kl];

/** Lines of the live area. */
export const charted: readonly Measure[] = [reward, selfReward, difficulty, heldOut];
