import type { CallOptions } from "../engine/engine.ts";
import type { Game } from "./game.ts";

/** Longest answer of an evaluation is the Solver's; its noise does not depend on the round, so rounds are comparable. */
const evaluationRound = 0;

export interface Evaluation {
  /** Share of held-out tasks answered exactly right. */
  readonly accuracy: number;
  readonly tasks: number;
}

/** Answers the held-out tasks with the current policy and verifies them. */
export async function evaluate(game: Game, options: CallOptions = {}): Promise<Evaluation> {
  const { config, engine, task, tokenizer, seed } = game;
  const { limit } = config.eval;
  const queries = limit === "all" ? task.heldOut() : task.heldOut().slice(0, limit);
  const requests = queries.map((query, index) => ({
    prompt: tokenizer.renderPrompt(task.solverPrompt(query)),
    key: { seed, round: evaluationRound, role: "evaluation" as const, query: index, answer: 0 },
  }));
  const completions = await engine.sample(requests, {
    ...options,
    policy: "current",
    temperature: config.eval.temperature,
    maxTokens: config.solver.max_tokens,
    stopTokens: tokenizer.stopTokens,
  });
  const right = completions.filter(
    ({ tokens, stop }, index) => stop === "stop" && task.verify(queries[index], tokenizer.decode(tokens)) === 1,
  );
  return { accuracy: right.length / queries.length, tasks: queries.length };
}
