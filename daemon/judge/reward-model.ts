import type { CallOptions } from "../engine/engine.ts";
import type { ChatTokenizer } from "../models/tokenizer.ts";
import type { Judgement, Scorer } from "./scorer.ts";

/** A reward model: reads a conversation, gives one logit. */
export interface RewardModel {
  /** For people. */
  readonly name: string;
  readonly tokenizer: Pick<ChatTokenizer, "renderConversation">;
  /** Longest conversation that it reads, tokens; undefined where it sets no limit. */
  readonly maxTokens: number | undefined;
  readonly classify: (sequences: readonly number[][], options: CallOptions) => Promise<readonly Classified[]>;
}

type Classified = { readonly logit: number } | { readonly logit: null; readonly reason: string };

/** What a logit is made of: `logit`, itself, in any range; `sigmoid`, 1 / (1 + exp(−logit)), from 0 to 1. */
export type RewardOutput = "logit" | "sigmoid";

/**
 * R(q, a) by a reward model: query and answer as a conversation in the model's own chat format, and its logit. In Bradley and
 * Terry's model, which such models are trained by, the difference of two logits is the log-odds that the first answer is preferred.
 */
export function rewardModel(
  { name, tokenizer, maxTokens = Infinity, classify }: RewardModel,
  output: RewardOutput,
): Scorer {
  return {
    name: `reward-model:${name}`,
    range: output === "sigmoid" ? [0, 1] : [-Infinity, Infinity],
    async score(pairs, options = {}) {
      const conversations = pairs.map(({ query, answer }) =>
        tokenizer.renderConversation([
          { role: "user", content: query },
          { role: "assistant", content: answer },
        ]),
      );
      const read = conversations.filter(({ length }) => length <= maxTokens);
      const classified = await classify(read, options);
      let next = 0;
      return conversations.map(({ length }): Judgement => {
        if (length <= maxTokens) return judgementOf(classified[next++]!, output);
        return { value: null, unscored: `${length} tokens, and the reward model reads ${maxTokens} at most` };
      });
    },
  };
}

function judgementOf(classified: Classified, output: RewardOutput): Judgement {
  if (classified.logit === null) return { value: null, unscored: classified.reason };
  const { logit } = classified;
  const value = output === "logit" ? logit : 1 / (1 + Math.exp(-logit));
  return { value, rationale: `the reward model's logit is ${logit.toFixed(3)}` };
}
