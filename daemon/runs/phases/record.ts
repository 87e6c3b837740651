import type { StepStats } from "../../engine/engine.ts";
import type { Advantages, RoundLogprobs, RoundScores } from "../../selfplay/algorithm.ts";
import { type Metrics, roundMetrics } from "../../selfplay/metrics.ts";
import { styleMetrics } from "../../selfplay/style-metrics.ts";
import type { AnswerRecord, QueryRecord, RoundRecord } from "../../store/records.ts";
import type { Evaluation } from "../evaluate.ts";
import type { SelfPlayGame } from "../game.ts";
import { judgedFields } from "../judging/answer-record.ts";
import { learningRate } from "../schedule.ts";
import type { Stopwatch } from "../stopwatch.ts";
import type { Judged } from "./judge.ts";
import type { DrawnAnswer, DrawnQuery } from "./players.ts";

/** All that a round drew, judged and measured; rows by query, then by answer. */
export interface DrawnRound {
  readonly queries: readonly DrawnQuery[];
  readonly answers: readonly (readonly DrawnAnswer[])[];
  readonly judged: readonly (readonly Judged[])[];
  readonly judgeMetrics: Metrics;
  readonly scores: RoundScores;
  readonly advantages: Advantages;
  readonly current: RoundLogprobs;
  readonly reference: RoundLogprobs;
}

/** A round's line of metrics. */
export function recordOf(
  game: SelfPlayGame,
  round: number,
  drawn: DrawnRound,
  step: StepStats,
  evaluation: Evaluation | undefined,
  watch: Stopwatch,
): Omit<RoundRecord, "recovery"> {
  const { queries, answers, scores, advantages, current, reference } = drawn;
  const isCut = ({ stop }: { readonly stop: string }): boolean => stop === "length";
  const metrics = roundMetrics({
    scores,
    advantages,
    current,
    reference,
    queries_N: queries.map(({ text }) => text),
    truncatedAnswers_NG: answers.map((row) => row.map(({ completion }) => isCut(completion))),
    truncatedQueries_N: queries.flatMap(({ drawn: each }) => (each ? [isCut(each.completion)] : [])),
  });
  const phases = watch.read();
  return {
    round,
    finishedAt: new Date().toISOString(),
    seconds: Object.values(phases).reduce((sum, seconds) => sum + seconds, 0),
    phases,
    metrics: {
      ...metrics,
      ...styleMetrics(
        queries.map(({ text }, i) => ({
          text,
          answers: answers[i].map(({ text: answer, completion }) => ({ text: answer, tokens: completion.tokens })),
        })),
      ),
      ...drawn.judgeMetrics,
      grad_norm: step.gradNorm,
      learning_rate: learningRate(game.config.optimizer, round, game.config.game.rounds),
      ...evaluationMetrics(evaluation),
    },
    notes: [...advantages.notes],
  };
}

/** Held-out accuracy as metrics; none where nothing was measured. */
export function evaluationMetrics(evaluation: Evaluation | undefined): Record<string, number> {
  return evaluation ? { "eval/accuracy": evaluation.accuracy, "eval/tasks": evaluation.tasks } : {};
}

/** A round's samples, one record a query. */
export function recordsOf(game: SelfPlayGame, drawn: DrawnRound): QueryRecord[] {
  const { queries, advantages, reference } = drawn;
  const { task } = game;
  return queries.map((query, i): QueryRecord => {
    const { index, text, admitted, reason } = query;
    const completion = query.drawn?.completion;
    const expected = task.verifiable && task.parse(text).ok ? task.expected(text) : undefined;
    return {
      index,
      text,
      tokens: Array.from(completion?.tokens ?? []),
      logprobs: Array.from(completion?.logprobs ?? []),
      referenceLogprobs: Array.from(completion ? reference.queries_NT[i] : []),
      ...(completion && { stop: completion.stop }),
      admitted,
      ...(reason !== undefined && { reason }),
      V: advantages.V_N[i],
      VQ: advantages.VQ_N[i],
      advantage: advantages.challenger_N[i],
      ...(expected !== undefined && { expected }),
      answers: drawn.answers[i].map((answer, j) => answerRecord(drawn, answer, i, j)),
    };
  });
}

function answerRecord(drawn: DrawnRound, { text, completion }: DrawnAnswer, i: number, j: number): AnswerRecord {
  const { reward, selfReward } = drawn.judged[i][j];
  return {
    text,
    tokens: Array.from(completion.tokens),
    logprobs: Array.from(completion.logprobs),
    referenceLogprobs: Array.from(drawn.reference.answers_NGT[i][j]),
    stop: completion.stop,
    ...judgedFields(reward, selfReward),
    advantage: drawn.advantages.solver_NG[i][j],
  };
}
