import type { Engine, PolicyId } from "../../engine/engine.ts";
import type { ChatTokenizer } from "../../models/tokenizer.ts";
import type { Ask, Question, Reply } from "./self-reward.ts";

/** Whom a judge's questions go to, and how its replies are drawn. */
export interface Judge {
  readonly engine: Pick<Engine, "sample" | "capabilities">;
  readonly tokenizer: Pick<ChatTokenizer, "renderPrompt" | "decode" | "stopTokens">;
  readonly policy: PolicyId;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Longest reply, the stop token included. */
  readonly maxTokens: number;
}

/**
 * Asks a policy on an engine, all questions in one call. A reply's noise is that of its question's place in the role `judge`, so it
 * moves no other stream. A question that leaves no room for a reply is not asked, and says so.
 */
export function askOn({ engine, tokenizer, policy, temperature, maxTokens }: Judge): Ask {
  return async (questions, options) => {
    const { maxSequence } = engine.capabilities;
    const prompts = questions.map(({ messages }) => tokenizer.renderPrompt(messages));
    const fits = (prompt: readonly number[]): boolean => prompt.length + maxTokens <= maxSequence;
    const requests = prompts.flatMap((prompt, i) => (fits(prompt) ? [{ prompt, key: keyOf(questions[i]!) }] : []));
    const { stopTokens } = tokenizer;
    const completions = await engine.sample(requests, { ...options, policy, temperature, maxTokens, stopTokens });
    let next = 0;
    return prompts.map((prompt): Reply => {
      if (!fits(prompt)) return { text: null, reason: tooLong(prompt.length, maxTokens, maxSequence) };
      const { tokens, stop } = completions[next++]!;
      return { text: tokenizer.decode(tokens), stop };
    });
  };
}

function keyOf({ key }: Question): Question["key"] {
  return { ...key, role: "judge" };
}

function tooLong(tokens: number, maxTokens: number, maxSequence: number): string {
  return `the judge's prompt has ${tokens} tokens, which leaves no room for a reply of ${maxTokens} in the ${maxSequence} that the model reads`;
}
