import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import type { Message } from "../../tasks/task.ts";

/** What rows need to know of a run. */
export interface RowSource {
  /** The Solver's messages for a query. */
  readonly messages: (query: string) => readonly Message[];
  /** Those messages as the text that the model was given, control tokens included. */
  readonly render: (messages: readonly Message[]) => string;
  /** Whether the algorithm asks for a self-reward. */
  readonly hasSelfReward: boolean;
}

/**
 * A round's answers as TRL's GRPOTrainer logs completions: `step` (the round), `prompt` and `completion` as texts, a column for
 * each reward (`reward`, and `self_reward` where there is one; null: unscored), `advantage`. The Solver's answers only.
 * As in TRL's logs, a control token that a query spells out can't be told from the template's own.
 */
export function completionRows(round: number, queries: readonly QueryRecord[], source: RowSource): object[] {
  return queries.flatMap(({ text, answers }) => {
    if (answers.length === 0) return [];
    const prompt = source.render(source.messages(text));
    return answers.map(({ text: completion, reward, selfReward, advantage }) => ({
      step: round,
      prompt,
      completion,
      reward,
      ...(source.hasSelfReward && { self_reward: selfReward }),
      advantage,
    }));
  });
}

/**
 * A round's answers as preferences in TRL's conversational format, at most one pair a query: the answer with the highest reward
 * against the one with the lowest, the first of equals. Queries whose answers all have the same reward give none (ties).
 * Unscored answers are left out, and so are those cut at the token limit: a trainer would teach that they end there.
 * Columns: `prompt`, `chosen`, `rejected`, each a list of messages; `score_chosen`, `score_rejected`; `step` (the round).
 */
export function preferenceRows(round: number, queries: readonly QueryRecord[], { messages }: RowSource): object[] {
  return queries.flatMap(({ text, answers }) => {
    const [best, worst] = extremes(answers);
    if (!best || !worst || best.reward === worst.reward) return [];
    const turn = ({ text: content }: AnswerRecord): Message[] => [{ role: "assistant", content }];
    return {
      prompt: messages(text),
      chosen: turn(best),
      rejected: turn(worst),
      score_chosen: best.reward,
      score_rejected: worst.reward,
      step: round,
    };
  });
}

function extremes(answers: readonly AnswerRecord[]): [best?: AnswerRecord, worst?: AnswerRecord] {
  const scored = answers.filter(({ reward, stop }) => reward !== null && stop === "stop");
  const rewards = scored.map(({ reward }) => reward!);
  const [most, least] = [Math.max(...rewards), Math.min(...rewards)];
  return [most, least].map((value) => scored.find(({ reward }) => reward === value)) as [AnswerRecord?, AnswerRecord?];
}
