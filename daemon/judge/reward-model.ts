import type { CallOptions } from "../engine/engine.ts";
import type { RewardReader, RewardText } from "../models/reward-reader.ts";
import type { Judgement, Scorer } from "./scorer.ts";

/** A reward model: reads a query and an answer, gives one logit. */
export interface RewardModel {
  /** For people. */
  readonly name: string;
  readonly read: RewardReader;
  /** The most that it reads, tokens; undefined where it sets no limit. */
  readonly maxTokens: number | undefined;
  readonly classify: (texts: readonly RewardText[], options: CallOptions) => Promise<readonly Classified[]>;
}

type Classified = { readonly logit: number } | { readonly logit: null; readonly reason: string };

/** What a logit is made of: `logit`, itself, in any range; `sigmoid`, 1 / (1 + exp(−logit)), from 0 to 1. */
export type RewardOutput = "logit" | "sigmoid";

/**
 * R(q, a) by a reward model: query and answer in the model's own form, and its logit. In Bradley and Terry's model, which such models are trained by, the difference of two logits is the log-odds that the first answer is preferred.
 */
export function rewardModel({ name, read, maxTokens = Infinity, classify }: RewardModel, output: RewardOutput): Scorer {
  return {
    name: `reward-model:${name}`,
    range: output === "sigmoid" ? [0, 1] : [-Infinity, Infinity],
    async score(pairs, options = {}) {
      const texts = pairs.map(({ query, answer }) => read(query, answer));
      const fitting = texts.filter(({ tokens }) => tokens.length <= maxTokens);
      const classified = await classify(fitting, options);
      let next = 0;
      return texts.map(({ tokens }): Judgement => {
        if (tokens.length <= maxTokens) return judgementOf(classified[next++]!, output);
        return { value: null, unscored: `${tokens.length} tokens, and the reward model reads ${maxTokens} at most` };
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
