import type { SelfPlayGame } from "../game.ts";
import type { DrawnAnswer, DrawnQuery, PhaseOptions } from "./players.ts";

/** The Solver answers every admitted query G times: [N][G], empty rows for queries without answers. */
export async function solve(
  game: SelfPlayGame,
  round: number,
  queries: readonly DrawnQuery[],
  options: PhaseOptions,
): Promise<DrawnAnswer[][]> {
  const { config, engine, task, tokenizer, seed } = game;
  const answered = queries.filter((query) => query.admitted);
  const requests = answered.flatMap((query) => {
    const prompt = tokenizer.renderPrompt(task.solverPrompt(query.text));
    return Array.from({ length: config.game.answers }, (_, answer) => {
      return { prompt, key: { seed, round, role: "solver" as const, query: query.index, answer } };
    });
  });
  const completions = await engine.sample(requests, {
    ...options,
    policy: "current",
    temperature: config.solver.temperature,
    maxTokens: config.solver.max_tokens,
    stopTokens: tokenizer.stopTokens,
  });
  const answers: DrawnAnswer[][] = queries.map(() => []);
  for (const [index, completion] of completions.entries()) {
    const { prompt, key } = requests[index];
    answers[key.query].push({ text: tokenizer.decode(completion.tokens), key, prompt, completion });
  }
  return answers;
}
