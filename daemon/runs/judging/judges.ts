import type { Config } from "../../config/schema.ts";
import type { Engine } from "../../engine/engine.ts";
import { ensemble } from "../../judge/ensemble.ts";
import { likelihoodScorer } from "../../judge/likelihood.ts";
import { askOn } from "../../judge/rubric/ask.ts";
import { criteriaScorer, formScorer } from "../../judge/rubric/criteria.ts";
import { criterionLogits } from "../../judge/rubric/criterion-logits.ts";
import type { Rubric, RubricMode } from "../../judge/rubric/rubric-metrics.ts";
import { rubricReward, selfReward } from "../../judge/rubric/self-reward.ts";
import { patternOf } from "../../judge/rules/patterns.ts";
import { answersOf, noAnswers, ruleVerifier } from "../../judge/rules/rule-verifier.ts";
import { choice, exact, matches, numeric, type Rule } from "../../judge/rules/rules.ts";
import { verifier } from "../../judge/rules/verifier.ts";
import type { Scorer } from "../../judge/scorer.ts";
import type { ChatTokenizer } from "../../models/tokenizer.ts";
import { algorithms, isImitation } from "../../selfplay/registry.ts";
import { requireVerifiable, type TaskFamily } from "../../tasks/task.ts";
import { knownAnswers } from "../imitation/known-answers.ts";
import type { OutsideJudges } from "./outside-judges.ts";

/** What the judges of a game are made of. A judge that asks a model asks its frozen reference. */
export interface JudgeParts {
  readonly config: Config;
  readonly task: TaskFamily;
  readonly engine: Engine;
  readonly tokenizer: ChatTokenizer;
  readonly outside: OutsideJudges;
}

/** Both judges of a game. */
export interface Judges {
  /** R. */
  readonly reward: Scorer;
  /** R_Q, where the algorithm asks for it. */
  readonly selfReward: Scorer | undefined;
  /** Which of the two is the rubric; absent where no model is asked for the seven criteria. */
  readonly rubric: (Rubric & { readonly is: "reward" | "selfReward" }) | undefined;
}

/** The judges that a config asks for; imitation learns from none, and what is asked about its answers a verifier says. */
export function judgesOf(parts: JudgeParts): Judges {
  if (isImitation(parts.config.algorithm.name)) {
    return { reward: knownAnswers(parts.task), selfReward: undefined, rubric: undefined };
  }
  const { mode, compare } = parts.config.judge.rubric;
  const isSelfRewarded = asksForSelfReward(parts.config);
  const reward = rewardOf(parts, mode);
  const selfReward = isSelfRewarded ? selfRewardOf(parts, mode) : undefined;
  const is = rubricIs(parts.config);
  if (!is) return { reward, selfReward, rubric: undefined };
  if (compare === 0) return { reward, selfReward, rubric: { is, mode, comparison: undefined } };
  const scorerOf = is === "reward" ? rewardOf : selfRewardOf;
  const other = scorerOf(parts, mode === "generate" ? "criterion-logits" : "generate");
  return { reward, selfReward, rubric: { is, mode, comparison: { other, pairs: compare } } };
}

/** At most one of the two: a config in which both are the rubric is refused. */
function rubricIs(config: Config): "reward" | "selfReward" | undefined {
  const { judge } = config;
  if (judge.reward.kind === "rubric") return "reward";
  return asksForSelfReward(config) && judge.self_reward.kind === "rubric" ? "selfReward" : undefined;
}

function asksForSelfReward({ algorithm: { name } }: Config): boolean {
  return !isImitation(name) && algorithms[name].selfReward;
}

function rewardOf(parts: JudgeParts, mode: RubricMode): Scorer {
  const { kind } = parts.config.judge.reward;
  return kind === "ensemble" ? ensembleOf(parts, mode) : rewardBy(kind, parts, mode);
}

type Rewarder = keyof Omit<Config["judge"]["ensemble"], "on_missing">;

function rewardBy(kind: Rewarder, parts: JudgeParts, mode: RubricMode): Scorer {
  switch (kind) {
    case "verifier":
      return verifierOf(parts.config.judge.verifier, parts.task);
    case "rubric":
      return rubricReward(rubricOf(parts, mode));
    case "model":
      return parts.outside.rewardModel();
    case "endpoint":
      return parts.outside.endpoint();
  }
}

function ensembleOf(parts: JudgeParts, mode: RubricMode): Scorer {
  const { on_missing: onMissing, ...members } = parts.config.judge.ensemble;
  const asked = Object.entries(members).filter(([, { weight }]) => weight > 0);
  return ensemble(
    asked.map(([kind, part]) => ({ scorer: rewardBy(kind as Rewarder, parts, mode), ...part })),
    onMissing,
  );
}

/** @throws SparringError `task/not-verifiable`; when it first scores `judge/bad-schema` */
function verifierOf(settings: Config["judge"]["verifier"], task: TaskFamily): Scorer {
  const { rule, pattern, schema } = settings;
  const known = (by: Rule): Scorer => ruleVerifier(rule, () => by, answersOf(requireVerifiable(task)));
  switch (rule) {
    case "task":
      return verifier(requireVerifiable(task));
    case "exact":
      return known(exact);
    case "number":
      return known(numeric({ absolute: settings.tolerance, relative: settings.relative_tolerance }));
    case "choice":
      return known(choice);
    case "regex":
      return ruleVerifier(rule, () => matches(patternOf(pattern!)), noAnswers);
    case "json-schema":
      // Ajv takes long to load, and every command of the program would.
      return ruleVerifier(
        rule,
        async () => (await import("../../judge/rules/json-rule.ts")).fitsSchema(schema!),
        noAnswers,
      );
  }
}

function selfRewardOf(parts: JudgeParts, mode: RubricMode): Scorer {
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
      return rubricOf(parts, mode);
  }
}

/** The reference judges by seven criteria, 0–7. */
function rubricOf({ config, engine, tokenizer }: JudgeParts, mode: RubricMode): Scorer {
  const { temperature, max_tokens: maxTokens } = config.judge.rubric;
  switch (mode) {
    case "generate":
      return selfReward(askOn({ engine, tokenizer, policy: "reference", temperature, maxTokens }));
    case "criterion-logits":
      return criterionLogits({ engine, tokenizer, policy: "reference" });
  }
}
