import type { Config } from "../../config/schema.ts";
import { regenerates } from "../../selfplay/imitation.ts";
import { imitationAlgorithms, isImitation } from "../../selfplay/registry.ts";
import { knowsAnswers } from "../../tasks/registry.ts";
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

const learnsFromRewards = ({ algorithm }: Config) => !isImitation(algorithm.name);
const learnsFromData = ({ algorithm }: Config) => isImitation(algorithm.name);
/** Whether the loss compares the first of a unit's answers with another. */
const compares = ({ algorithm: { name } }: Config) => isImitation(name) && imitationAlgorithms[name].roles.length > 1;

/** Whether the policy becomes its own opponent, iteration by iteration. */
export function hasIterations({ algorithm: { name } }: Config): boolean {
  return isImitation(name) && regenerates(imitationAlgorithms[name]);
}

/** Whether a run's game has tasks that are set aside for measuring: only where a verifier knows the right answers. */
export function hasHeldOut({ game }: Config): boolean {
  return knowsAnswers(game.task);
}

const isSelfPlay = ({ algorithm: { name } }: Config) => name === "lsp" || name === "lsp-zero";

export const reward: Measure = {
  metric: "solver/reward",
  label: "reward",
  summary: "mean",
  format: fixed(3),
  isMeasured: learnsFromRewards,
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
  isMeasured: learnsFromRewards,
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
export const kl: Measure = {
  metric: "solver/kl",
  label: "KL",
  summary: "mean",
  format: fixed(3),
  isMeasured: learnsFromRewards,
};
export const iteration: Measure = {
  metric: "imitation/iteration",
  label: "iteration",
  summary: "newest",
  format: fixed(0),
  isMeasured: hasIterations,
};
const loss: Measure = {
  metric: "imitation/loss",
  label: "loss",
  summary: "mean",
  format: fixed(3),
  isMeasured: learnsFromData,
};
/** Share of units whose answers' implicit rewards have the right order. */
const accuracy: Measure = {
  metric: "imitation/rewards/accuracies",
  label: "accuracy",
  summary: "mean",
  format: (value) => percent(value, 0),
  isMeasured: compares,
};
const margin: Measure = {
  metric: "imitation/rewards/margins",
  label: "margin",
  summary: "mean",
  format: fixed(3),
  isMeasured: compares,
};
/** Share of answers whose implicit reward is beyond the algorithm's bound. */
const beyond: Measure = {
  metric: "imitation/frac_beyond_bound",
  label: "beyond",
  summary: "mean",
  format: (value) => percent(value, 0),
  isMeasured: ({ algorithm: { name } }) => isImitation(name) && imitationAlgorithms[name].bound !== undefined,
};
/** Of the held-out records' real answers, nat per token. */
const realLogprob: Measure = {
  metric: "eval/real_logprob",
  label: "log π(real)",
  summary: "newest",
  format: fixed(3),
  isMeasured: learnsFromData,
};

const ofImitation = [loss, accuracy, margin, beyond, realLogprob];

/** Columns of the table. */
export const tabulated: readonly Measure[] = [
  iteration,
  reward,
  selfReward,
  difficulty,
  admitted,
  ...ofImitation,
  heldOut,
  kl,
];

/** Lines of the live area. */
export const charted: readonly Measure[] = [reward, selfReward, difficulty, ...ofImitation, heldOut];
