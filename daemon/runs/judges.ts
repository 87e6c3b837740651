import type { Config } from "../config/schema.ts";
import type { Engine } from "../engine/engine.ts";
import { askOn } from "../judge/ask.ts";
import { criteriaScorer, formScorer } from "../judge/criteria.ts";
import { likelihoodScorer } from "../judge/likelihood.ts";
import type { Scorer } from "../judge/scorer.ts";
import { type Ask, rubricReward, selfReward } from "../judge/self-reward.ts";
import { verifier } from "../judge/verifier.ts";
import type { ChatTokenizer } from "../models/tokenizer.ts";
import { algorithms } from "../selfplay/registry.ts";
import { requireVerifiable, type TaskFamily } from "../tasks/task.ts";

/** What the judges of a game are made of. A judge that asks a model asks its frozen reference. */
export interface JudgeParts {
  readonly config: Config;
  readonly task: TaskFamily;
  readonly engine: Engine;
  readonly tokenizer: ChatTokenizer;
}

/** Both judges of a game. */
export interface Judges {
  /** R. */
  readonly reward: Scorer;
  /** R_Q, where the algorithm asks for it. */
  readonly selfReward: Scorer | undefined;
}

/** The judges that a config asks for. */
export function judgesOf(parts: JudgeParts): Judges {
  const { selfReward } = algorithms[parts.config.algorithm.name];
  return { reward: rewardOf(parts), selfReward: selfReward ? selfRewardOf(parts) : undefined };
}

function rewardOf(parts: JudgeParts): Scorer {
  switch (parts.config.judge.reward.kind) {
    case "verifier":
      return verifier(requireVerifiable(parts.task));
    case "rubric":
      return rubricReward(askReference(parts));
  }
}

function selfRewardOf(parts: JudgeParts): Scorer {
  const { config, task, engine } = parts;
  switch (config.judge.self_reward.kind) {
    case "criteria":
      return criteriaScorer(requireVerifiable(task));
    case "form":
      return formScorer(requireVerifiable(task));
    case "likelihood":
      return likelihoodScorer((sequences, options) =>
        engine.logprobs(sequences, { ...options, policy: "reference", temperature: 1 }),
      );
    case "rubric":
      return selfReward(askReference(parts));
  }
}

function askReference({ config, engine, tokenizer }: JudgeParts): Ask {
  const { temperature, max_tokens: maxTokens } = config.judge.rubric;
  return askOn({ engine, tokenizer, policy: "reference", temperature, maxTokens });
}
