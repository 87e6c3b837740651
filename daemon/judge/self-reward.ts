import type { Completion } from "../engine/engine.ts";
import { parseSelfReward } from "../selfplay/parsing.ts";
import { selfRewardPrompt } from "../selfplay/prompts/self-reward.ts";
import type { Message } from "../tasks/task.ts";
import type { Judgement, Scorer } from "./scorer.ts";

/** What a policy replied, or why it could not be asked. */
export type Reply =
  | { readonly text: string; readonly stop: Completion["stop"] }
  | { readonly text: null; readonly reason: string };

/** Asks a frozen policy: one reply a prompt, in the prompts' order. */
export type Ask = (
  prompts: readonly (readonly Message[])[],
  options: { readonly signal?: AbortSignal },
) => Promise<readonly Reply[]>;

/**
 * R_Q(q, a) by a language model: the seven criteria of LSP's Box 3 (`selfplay/prompts/self-reward.ts`), each one point. The policy
 * justifies, calculates and scores; its reply is read by `parseSelfReward`. A reply that was cut at the token limit is
 * no judgement, whatever stands in it: unscored, as is one without a score.
 */
export function selfReward(ask: Ask): Scorer {
  return {
    name: "self-reward",
    range: [0, 7],
    async score(pairs, options = {}) {
      const prompts = pairs.map(({ query, answer }): Message[] => [
        { role: "user", content: selfRewardPrompt(query, answer) },
      ]);
      return (await ask(prompts, options)).map(judgementOf);
    },
  };
}

function judgementOf(reply: Reply): Judgement {
  if (reply.text === null) return { value: null, unscored: reply.reason };
  if (reply.stop === "length") return { value: null, unscored: "the judge's reply was cut at the token limit" };
  const verdict = parseSelfReward(reply.text);
  if (verdict.score === null) return { value: null, unscored: verdict.unscored };
  const { score, criteria, rationale } = verdict;
  return { value: score, rationale, ...(criteria && { criteria }) };
}
