import type { CallOptions, Completion, SampleKey } from "../../engine/engine.ts";
import { parseSelfReward } from "../../selfplay/parsing.ts";
import { selfRewardPrompt } from "../../selfplay/prompts/self-reward.ts";
import type { Message } from "../../tasks/task.ts";
import { keptWords } from "../rationale.ts";
import type { Judgement, Scorer } from "../scorer.ts";

/** What a judge is asked, and the place whose noise its reply takes. */
export interface Question {
  readonly messages: readonly Message[];
  readonly key: SampleKey;
}

/** What a policy replied, or why it could not be asked. */
export type Reply =
  | { readonly text: string; readonly stop: Completion["stop"] }
  | { readonly text: null; readonly reason: string };

/** Asks a frozen policy: one reply a question, in their order. */
export type Ask = (questions: readonly Question[], options: CallOptions) => Promise<readonly Reply[]>;

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
      const questions = pairs.map(({ query, answer, key }): Question => {
        return { messages: [{ role: "user", content: selfRewardPrompt(query, answer) }], key };
      });
      return (await ask(questions, options)).map(judgementOf);
    },
  };
}

/**
 * R(q, a) in [0, 1] by a judge of seven criteria: its score divided by 7 [ours], for games in which nobody knows the right
 * answers.
 */
export function rubricReward(judge: Scorer): Scorer {
  return {
    name: "rubric",
    range: [0, 1],
    async score(pairs, options) {
      const judgements = await judge.score(pairs, options);
      return judgements.map((each) => (each.value === null ? each : { ...each, value: each.value / 7 }));
    },
  };
}

function judgementOf(reply: Reply): Judgement {
  if (reply.text === null) return { value: null, unscored: reply.reason };
  const rationale = keptWords(reply.text);
  if (reply.stop === "length") {
    return { value: null, unscored: "the judge's reply was cut at the token limit", rationale, flaw: "cut" };
  }
  const verdict = parseSelfReward(reply.text);
  if (verdict.score === null) return { value: null, unscored: verdict.unscored, rationale, flaw: "no-verdict" };
  const { score, criteria, calculation } = verdict;
  return {
    value: score,
    rationale: keptWords(verdict.rationale),
    ...(criteria && { criteria }),
    ...(calculation !== undefined && { flaw: "sum-differs" }),
  };
}
