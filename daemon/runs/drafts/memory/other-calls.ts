import type { Config } from "../../../config/schema.ts";
import type { ChatTokenizer } from "../../../models/tokenizer.ts";
import { pairwisePrompt } from "../../../selfplay/prompts/pairwise.ts";
import { selfRewardPrompt } from "../../../selfplay/prompts/self-reward.ts";
import { algorithms, isImitation } from "../../../selfplay/registry.ts";
import type { TaskFamily } from "../../../tasks/task.ts";
import { messagesOf } from "../../phases/challenge.ts";
import type { Call } from "./workload.ts";

/** What a game asks of its model, beside the Solver's answers. */
interface Asked {
  readonly config: Config;
  /** Undefined where the queries come from a file. */
  readonly task: TaskFamily | undefined;
  readonly tokenizer: Pick<ChatTokenizer, "renderPrompt">;
  /** Of a query with the Solver's prompt. */
  readonly solverPrompt: number;
}

/** The middle of a list of tasks or templates stands for all of them. */
const middle = { task: 0.5, template: 0.5 };

/** The Challenger's queries, and a judge's replies where the reference writes them: on single answers, and on two at a time. */
export function otherCalls(asked: Asked): Call[] {
  return [...challengerCalls(asked), ...rubricCalls(asked), ...duelCalls(asked)];
}

function challengerCalls({ config: { algorithm, game, challenger }, task, tokenizer }: Asked): Call[] {
  if (!task || isImitation(algorithm.name) || algorithms[algorithm.name].queries !== "challenger") return [];
  const promptTokens = tokenizer.renderPrompt(messagesOf(task.challenge(middle))).length;
  const { queries } = game;
  return [{ queries, answers: queries, promptTokens, answerTokens: challenger.max_tokens, trained: true }];
}

/** A rubric's prompt holds the query, of which the Solver's prompt is taken for the length, and an answer. */
function rubricCalls({ config, tokenizer, solverPrompt }: Asked): Call[] {
  if (!hasRubric(config)) return [];
  const { game, solver, judge } = config;
  const all = game.queries * game.answers;
  const pairs = judge.rubric.mode === "generate" ? all : Math.min(all, judge.rubric.compare);
  if (pairs === 0) return [];
  const empty = tokenizer.renderPrompt([{ role: "user", content: selfRewardPrompt("", "") }]).length;
  const promptTokens = empty + solverPrompt + solver.max_tokens;
  return [{ queries: pairs, answers: pairs, promptTokens, answerTokens: judge.rubric.max_tokens, trained: false }];
}

function duelCalls({ config: { game, solver, judge }, tokenizer, solverPrompt }: Asked): Call[] {
  const { by, mode, opponents, max_tokens: answerTokens } = judge.pairwise;
  if (judge.reward.kind !== "pairwise" || by !== "reference" || mode !== "generate") return [];
  const empty = tokenizer.renderPrompt([{ role: "user", content: pairwisePrompt("", "", "") }]).length;
  const duels = game.queries * game.answers * Math.min(opponents, game.answers - 1);
  const promptTokens = empty + solverPrompt + 2 * solver.max_tokens;
  return [{ queries: duels, answers: duels, promptTokens, answerTokens, trained: false }];
}

/** Whether the reference scores answers. */
function hasRubric({ algorithm: { name }, judge }: Config): boolean {
  if (isImitation(name)) return false;
  const { reward, ensemble, self_reward: selfReward } = judge;
  const isReward = reward.kind === "rubric" || (reward.kind === "ensemble" && ensemble.rubric.weight > 0);
  return isReward || (algorithms[name].selfReward && selfReward.kind === "rubric");
}
