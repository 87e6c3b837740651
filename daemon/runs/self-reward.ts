import type { Config } from "../config/schema.ts";
import type { Engine } from "../engine/engine.ts";
import { criteriaScorer, formScorer } from "../judge/criteria.ts";
import { likelihoodScorer } from "../judge/likelihood.ts";
import type { Scorer } from "../judge/scorer.ts";
import type { TaskFamily } from "../tasks/task.ts";

/** The judge of R_Q that a config asks for. */
export function selfRewardOf({ judge }: Config, task: TaskFamily, engine: Engine): Scorer {
  switch (judge.self_reward.kind) {
    case "criteria":
      return criteriaScorer(task);
    case "form":
      return formScorer(task);
    case "likelihood":
      return likelihoodScorer((sequences, options) =>
        engine.logprobs(sequences, { ...options, policy: "reference", temperature: 1 }),
      );
  }
}
