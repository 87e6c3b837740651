import type { Scorer } from "../../judge/scorer.ts";
import { type Ask, type Reply, selfReward } from "../../judge/self-reward.ts";
import { verifier } from "../../judge/verifier.ts";
import type { TaskFamily } from "../../tasks/task.ts";
import type { Player } from "../player.ts";

/** Room for a judge's reply: a justification of at most 100 words, as it is told, and its verdict [ours]. */
const replyTokens = 320;

/** The verifier, as accuracy is counted: an answer that was cut at the token limit is not right. */
export function verifierJudge(task: TaskFamily): Scorer {
  const { name, range, score } = verifier(task);
  return {
    name,
    range,
    score: async (pairs) => {
      const judgements = await score(pairs);
      return pairs.map(({ stop }, i) =>
        stop === "stop" ? judgements[i]! : { value: 0, rationale: "cut at the token limit" },
      );
    },
  };
}

/**
 * A language model as judge, drawing its replies at temperature 1 [ours]: its second look has other noise than its first.
 * @param first place of the first of its duels among all · @param look 0 or 1
 */
export function modelJudge({ engine, game, policy }: Player, seed: number, first: number, look: 0 | 1): Scorer {
  const { tokenizer } = game;
  const { maxSequence } = engine.capabilities;
  const ask: Ask = async (messages, options) => {
    const prompts = messages.map((each) => tokenizer.renderPrompt(each));
    const fits = (prompt: readonly number[]): boolean => prompt.length + replyTokens <= maxSequence;
    // Two answers a duel: their places tell the duel and the side.
    const requests = prompts.flatMap((prompt, i) =>
      fits(prompt)
        ? [{ prompt, key: { seed, round: look, role: "judge" as const, query: first + (i >> 1), answer: i % 2 } }]
        : [],
    );
    const { stopTokens } = tokenizer;
    const sampling = { ...options, policy, temperature: 1, maxTokens: replyTokens, stopTokens };
    const completions = await engine.sample(requests, sampling);
    let next = 0;
    return prompts.map((prompt): Reply => {
      if (!fits(prompt)) return { text: null, reason: tooLong(prompt.length, maxSequence) };
      const { tokens, stop } = completions[next++]!;
      return { text: tokenizer.decode(tokens), stop };
    });
  };
  return selfReward(ask);
}

function tooLong(tokens: number, maxSequence: number): string {
  return `the judge's prompt has ${tokens} tokens, which leaves no room for a reply of ${replyTokens} in the ${maxSequence} that the model reads`;
}
