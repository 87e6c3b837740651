import type { ChatMessage } from "../../models/chat-template.ts";
import type { ValidParamsOf } from "../../protocol.ts";
import type { QueryRecord } from "../../store/records.ts";
import { requireVerifiable, type TaskFamily } from "../../tasks/task.ts";

/** A prompt that two weights are to answer. */
export interface ComparedPrompt {
  /** The query, or the text as it was given. */
  readonly text: string;
  readonly messages: readonly ChatMessage[];
  /** The verifier's answer. */
  readonly expected?: string;
  /** Whether it is a query of the task, so that the task's judges can score its answers. */
  readonly isOfTask: boolean;
}

type Asked = ValidParamsOf<"sparring/checkpoint/compare">["prompts"];

/**
 * The prompts that a comparison asks for. A text that reads as a query of the task is asked as the task asks it; any other is what a
 * user says in a conversation.
 * @param task of the first side's run
 * @param queriesOf reads queries of that run
 * @throws SparringError `task/not-verifiable` for held-out tasks where there are none, and those of `queriesOf`
 */
export async function comparedPrompts(
  asked: Asked,
  task: TaskFamily,
  queriesOf: (round: number, queries: readonly number[]) => Promise<readonly QueryRecord[]>,
): Promise<ComparedPrompt[]> {
  if ("heldOut" in asked) {
    return requireVerifiable(task)
      .heldOut()
      .slice(0, asked.heldOut)
      .map((query) => ofTask(task, query));
  }
  if ("texts" in asked) {
    return asked.texts.map((text) => {
      const parsed = task.parse(text);
      if (parsed.ok) return ofTask(task, parsed.query);
      return { text, messages: [{ role: "user", content: text }], isOfTask: false };
    });
  }
  return (await queriesOf(asked.round, asked.queries)).map(({ text }) =>
    task.parse(text).ok ? ofTask(task, text) : { text, messages: task.solverPrompt(text), isOfTask: false },
  );
}

function ofTask(task: TaskFamily, query: string): ComparedPrompt {
  const expected = task.verifiable ? { expected: task.expected(query) } : {};
  return { text: query, messages: task.solverPrompt(query), ...expected, isOfTask: true };
}
