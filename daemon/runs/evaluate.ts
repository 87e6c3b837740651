import type { CallOptions, Completion } from "../engine/engine.ts";
import type { VerifiableFamily } from "../tasks/task.ts";
import type { Game } from "./game.ts";
import type { Player } from "./player.ts";

/** Longest answer of an evaluation is the Solver's; its noise does not depend on the round, so rounds are comparable. */
const evaluationRound = 0;

export interface Evaluation {
  /** Share of held-out tasks answered exactly right. */
  readonly accuracy: number;
  readonly tasks: number;
}

/** Answers the held-out tasks with the current policy and verifies them; undefined in a game that has none. */
export async function evaluate(game: Game, options: CallOptions = {}): Promise<Evaluation | undefined> {
  const { config, engine, task, seed } = game;
  if (!task.verifiable) return undefined;
  const { limit, temperature } = config.eval;
  const queries = limit === "all" ? task.heldOut() : task.heldOut().slice(0, limit);
  const answers = await answerTasks({ game, engine, policy: "current" }, queries, { ...options, temperature, seed });
  const right = answers.filter((answer) => isRight(task, answer));
  return { accuracy: right.length / queries.length, tasks: queries.length };
}

/** An answer to a task. */
export interface TaskAnswer {
  readonly query: string;
  readonly answer: string;
  readonly stop: Completion["stop"];
}

/** How tasks are answered. */
export interface AnsweringOptions extends CallOptions {
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Keys the noise. */
  readonly seed: number;
  /** Place of the first of these tasks among all: each task has noise of its own. */
  readonly first?: number;
}

/** One answer a task, in their order, by the Solver's prompt and token limit. @throws AbortedError */
export async function answerTasks(
  { game, engine, policy }: Player,
  queries: readonly string[],
  { temperature, seed, first = 0, ...options }: AnsweringOptions,
): Promise<TaskAnswer[]> {
  const { config, task, tokenizer } = game;
  const requests = queries.map((query, index) => ({
    prompt: tokenizer.renderPrompt(task.solverPrompt(query)),
    key: { seed, round: evaluationRound, role: "evaluation" as const, query: first + index, answer: 0 },
  }));
  const completions = await engine.sample(requests, {
    ...options,
    policy,
    temperature,
    maxTokens: config.solver.max_tokens,
    stopTokens: tokenizer.stopTokens,
  });
  return completions.map(({ tokens, stop }, index) => {
    return { query: queries[index], answer: tokenizer.decode(tokens), stop };
  });
}

/** Whether an answer is exactly right. One that was cut at the token limit is not. */
export function isRight(task: VerifiableFamily, { query, answer, stop }: TaskAnswer): boolean {
  return stop === "stop" && task.verify(query, answer) === 1;
}
