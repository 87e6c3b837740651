import { stat } from "node:fs/promises";
import { type FileQuestion, readQuestions } from "../../../data/questions.ts";
import type { ChatTokenizer } from "../../../models/tokenizer.ts";
import { promptOf } from "../../../tasks/list.ts";

/** A larger file is not read for an estimate, bytes: that would keep an editor waiting. */
const largestRead = 16 * 1024 * 1024;

/**
 * Tokens of the prompt of a file's longest question, by characters; of a file that is not read, what a prompt can have.
 * @param room for a prompt, tokens: longer questions are left out of a run
 * @throws SparringError as `readQuestions`
 */
export async function longestQuestion(path: string, tokenizer: ChatTokenizer, room: number): Promise<number> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > largestRead) return room;
  const { questions } = await readQuestions(path);
  const longest = questions.reduce((some, other) => (charactersOf(other) > charactersOf(some) ? other : some));
  return Math.min(room, tokenizer.renderPrompt(promptOf(longest)).length);
}

function charactersOf({ query, system }: FileQuestion): number {
  return [...system, query].reduce((sum, { length }) => sum + length, 0);
}
