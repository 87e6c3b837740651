import type { StepStats } from "../../engine/engine.ts";
import type { ResponseLogprob, UnitLoss } from "../../selfplay/imitation.ts";
import { imitationMetrics } from "../../selfplay/imitation-metrics.ts";
import type { ImitationSettings } from "../../selfplay/imitation-settings.ts";
import type { Skip } from "../../selfplay/imitation-step.ts";
import type { Metrics } from "../../selfplay/metrics.ts";
import { mean } from "../../selfplay/statistics.ts";
import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import type { ImitationGame } from "../game.ts";
import type { Iteration } from "./iterations.ts";
import type { Unit, UnitAnswer } from "./units.ts";

/** A unit with what the step measured of it; arrays are in the order of its answers. */
export interface MeasuredUnit {
  readonly unit: Unit;
  /** Before the step, nat a token. */
  readonly logp_RT: readonly Float32Array[];
  /** Null where the algorithm has no reference. */
  readonly reference_RT: readonly Float32Array[] | null;
  readonly response_R: readonly ResponseLogprob[];
  readonly loss: UnitLoss;
  readonly skip: Skip | null;
}

/** All that a round of imitation was made of. */
export interface MeasuredRound {
  readonly iteration: Iteration;
  readonly epoch: number;
  readonly units: readonly MeasuredUnit[];
  readonly settings: ImitationSettings;
  readonly lr: number;
  readonly opponents: number;
  readonly step: StepStats;
}

/**
 * A round's line of metrics: those of `imitationMetrics`, and
 * - `imitation/iteration`, `imitation/epoch`: where the run stands; epochs within the iteration, the fraction included.
 * - `imitation/frac_identical`: share of units whose generated answer is the real one, token by token, where these are skipped;
 *   `imitation/frac_masked`: share that is left out because an answer was cut. Both count in the loss's mean.
 * - `imitation/opponents`: opponents that are held, 0 where there are none.
 * - `solver/reward`: share of right answers among the opponents', where the task has a verifier.
 */
export function metricsOf({ algorithm, task }: ImitationGame, round: MeasuredRound): Metrics {
  const { units, settings, iteration, epoch, opponents, step, lr } = round;
  const observations = units.map(({ response_R, loss }) => ({ response_R, loss: loss.loss }));
  const generated = units.flatMap(({ unit }) => unit.answer_R.filter(({ role }) => role === "generated"));
  const rewards = units.flatMap(({ unit }) =>
    unit.answer_R.filter(({ role }) => role === "generated").map((answer) => rewardOf(task, unit, answer)),
  );
  const share = (why: Skip): number => mean(units.map(({ skip }) => Number(skip === why)))!;
  return {
    "solver/reward": mean(rewards.filter((reward) => reward !== null)),
    "solver/completions/mean_length": mean(generated.map(({ tokens }) => tokens.length)),
    "solver/completions/clipped_ratio": mean(generated.map(({ stop }) => Number(stop === "length"))),
    "imitation/iteration": iteration.iteration,
    "imitation/epoch": epoch,
    "imitation/opponents": opponents,
    "imitation/frac_identical": share("identical"),
    "imitation/frac_masked": share("truncated"),
    ...imitationMetrics(algorithm, observations, settings),
    grad_norm: step.gradNorm,
    learning_rate: lr,
  };
}

/** A round's units as the store and the editor have samples: one query a unit, one answer a sequence. */
export function recordsOf(game: ImitationGame, { units, settings }: MeasuredRound): QueryRecord[] {
  const { task } = game;
  return units.map((measured, index): QueryRecord => {
    const { unit } = measured;
    const answers = unit.answer_R.map((_, r) => answerRecord(game, measured, r, settings));
    const generated = answers.find(({ role }) => role === "generated");
    return {
      index,
      text: unit.text,
      tokens: [],
      logprobs: [],
      referenceLogprobs: [],
      admitted: true,
      V: generated?.reward ?? null,
      VQ: null,
      advantage: 0,
      ...(unit.isTask && task.verifiable && { expected: task.expected(unit.text) }),
      line: unit.line,
      answers,
    };
  });
}

function answerRecord(
  { algorithm, task }: ImitationGame,
  { unit, logp_RT, reference_RT, response_R, loss, skip }: MeasuredUnit,
  r: number,
  settings: ImitationSettings,
): AnswerRecord {
  const answer = unit.answer_R[r]!;
  const { role, text, tokens, stop, opponent } = answer;
  const { logp, ref } = response_R[r]!;
  return {
    text,
    tokens: Array.from(tokens),
    logprobs: Array.from(logp_RT[r]!),
    referenceLogprobs: Array.from(reference_RT?.[r] ?? []),
    stop,
    reward: rewardOf(task, unit, answer),
    selfReward: null,
    // Never −0.
    advantage: skip === null ? 0 - loss.coefficient_R[r]! : 0,
    role,
    D: reference_RT ? logp - ref : null,
    implicit: algorithm.reward?.(response_R[r]!, settings) ?? null,
    ...(opponent && { opponent: opponent.iteration }),
  };
}

/** 1 for a right answer, else 0; null where the prompt is no task of the game. */
function rewardOf(task: ImitationGame["task"], { text, isTask }: Unit, answer: UnitAnswer): number | null {
  return isTask && task.verifiable ? task.verify(text, answer.text) : null;
}
