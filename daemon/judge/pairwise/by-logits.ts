import type { Engine, PolicyId, Sequence } from "../../engine/engine.ts";
import type { ChatTokenizer } from "../../models/tokenizer.ts";
import { pairwiseLetterPrompt } from "../../selfplay/prompts/pairwise.ts";
import { isAlike, logprobOfDifference, oppositeReplies } from "../opposite-replies.ts";
import type { Comparer, Verdict } from "./comparer.ts";

/** Whose probabilities are read. */
export interface LetterJudge {
  readonly engine: Pick<Engine, "logprobs" | "capabilities">;
  readonly tokenizer: Pick<ChatTokenizer, "renderPrompt" | "encode">;
  readonly policy: PolicyId;
}

/**
 * Which of two answers is better, without a word written [ours]: the likelier of the letters A and B as the beginning of the reply. With ℓ
 * their log-probabilities (of the tokens in which they differ, where a tokenizer makes several),
 *
 *   P(A) / (P(A) + P(B)) = 1 / (1 + exp(ℓ_B − ℓ_A))        A is better above ½, B below
 *
 * There is nothing to parse and nothing is drawn. Both replies follow one prompt, and all prompts are measured in one call.
 */
export function compareByLogits(name: string, { engine, tokenizer, policy }: LetterJudge): Comparer {
  const replies = oppositeReplies((text) => tokenizer.encode(text), "A", "B");
  const longest = Math.max(...replies.map(({ response }) => response.length));
  return {
    name,
    async compare(showings, { signal, onProgress }) {
      const unscored = "this model's tokenizer can't tell A from B";
      if (replies.some(isAlike)) return showings.map((): Verdict => ({ better: null, unscored }));
      const { maxSequence } = engine.capabilities;
      const prompts = showings.map(({ query, a, b }) =>
        tokenizer.renderPrompt([{ role: "user", content: pairwiseLetterPrompt(query, a, b) }]),
      );
      const fits = (prompt: readonly number[]): boolean => prompt.length + longest <= maxSequence;
      const sequences = prompts
        .filter(fits)
        .flatMap((prompt) => replies.map(({ response }): Sequence => ({ prompt, response })));
      const showingsIn = (measured: number): number => Math.floor(measured / replies.length);
      const logprobs = await engine.logprobs(sequences, {
        policy,
        temperature: 1,
        ...(signal && { signal }),
        ...(onProgress && { onProgress: (done, total) => onProgress(showingsIn(done), showingsIn(total)) }),
      });
      let next = 0;
      return prompts.map((prompt): Verdict => {
        if (!fits(prompt)) return { better: null, unscored: tooLong(prompt.length, longest, maxSequence) };
        const [a, b] = replies.map((reply) => logprobOfDifference(reply, logprobs[next++]!)) as [number, number];
        return likelierLetter(a, b);
      });
    },
  };
}

/** The verdict that the log-probabilities of both letters make; a tie only where they are equal, unscored where one is not finite. */
export function likelierLetter(a: number, b: number): Verdict {
  if (!Number.isFinite(a) || !Number.isFinite(b)) {
    return { better: null, unscored: "the judge's log-probabilities of A and B are not finite" };
  }
  const probability = 1 / (1 + Math.exp(b - a));
  return { better: a > b ? "A" : a < b ? "B" : "tie", rationale: `P(A) is ${probability.toFixed(3)}` };
}

function tooLong(tokens: number, reply: number, maxSequence: number): string {
  return `the judge's prompt has ${tokens} tokens, which leaves no room for a letter of ${reply} in the ${maxSequence} that the model reads`;
}
