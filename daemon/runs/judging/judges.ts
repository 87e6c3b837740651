import type { Config } from "../../config/schema.ts";
import { endpointReward, endpointRubric } from "../../judge/endpoint/endpoint.ts";
import { ensemble, type Member } from "../../judge/ensemble.ts";
import { likelihoodScorer } from "../../judge/likelihood.ts";
import { pairwiseReward } from "../../judge/pairwise/pairwise-reward.ts";
import { askOn } from "../../judge/rubric/ask.ts";
import { criteriaScorer, formScorer } from "../../judge/rubric/criteria.ts";
import { criterionLogits } from "../../judge/rubric/criterion-logits.ts";
import type { Rubric, RubricMode } from "../../judge/rubric/rubric-metrics.ts";
import { rubricReward, selfReward } from "../../judge/rubric/self-reward.ts";
import { patternOf } from "../../judge/rules/patterns.ts";
import { answersOf, noAnswers, ruleVerifier } from "../../judge/rules/rule-verifier.ts";
import { matches } from "../../judge/rules/rules.ts";
import { verifier } from "../../judge/rules/verifier.ts";
import type { Scorer } from "../../judge/scorer.ts";
import type { ChatTokenizer } from "../../models/tokenizer.ts";
import { algorithms, isImitation } from "../../selfplay/registry.ts";
import { requireVerifiable, type TaskFamily } from "../../tasks/task.ts";
import { knownAnswers } from "../imitation/known-answers.ts";
import { answerRule } from "./answer-rule.ts";
import { type AskedEngine, comparerOf } from "./comparers.ts";
import type { OutsideJudges } from "./outside-judges.ts";

/** What the judges of a game are made of. A judge that asks a model asks its frozen reference. */
export interface JudgeParts {
  readonly config: Config;
  readonly task: TaskFamily;
  readonly engine: AskedEngine;
  readonly tokenizer: ChatTokenizer;
  readonly outside: OutsideJudges;
}

/** Both judges of a game. */
export interface Judges {
  /** R. */
  readonly reward: Scorer;
  /** R_Q, where the algorithm asks for it. */
  readonly selfReward: Scorer | undefined;
  /** Those among them that go through the seven criteria: none, the reference, a server, or both of these. */
  readonly rubrics: readonly PlacedRubric[];
}

/** One that is asked for the seven criteria, and where its judgements are. */
export interface PlacedRubric extends Rubric {
  readonly is: "reward" | "selfReward";
  /** The place of its part, where the reward is an ensemble's. */
  readonly part: number | undefined;
}

/** The judges that a config asks for; imitation learns from none, and what is asked about its answers a verifier says. */
export function judgesOf(parts: JudgeParts): Judges {
  if (isImitation(parts.config.algorithm.name)) {
    return { reward: knownAnswers(parts.task), selfReward: undefined, rubrics: [] };
  }
  const { mode } = parts.config.judge.rubric;
  const selfReward = asksForSelfReward(parts.config) ? selfRewardOf(parts, mode) : undefined;
  return { reward: rewardOf(parts, mode), selfReward, rubrics: rubricsOf(parts) };
}

/** A config in which one judge gives both rewards is refused: so each of the two, the reference and the server, is here at most once. */
function rubricsOf(parts: JudgeParts): PlacedRubric[] {
  const { judge } = parts.config;
  const asked = [
    ...(judge.reward.kind === "ensemble"
      ? membersOf(judge.ensemble).map(([kind], part) => ({ kind, is: "reward" as const, part }))
      : [{ kind: judge.reward.kind, is: "reward" as const, part: undefined }]),
    ...(asksForSelfReward(parts.config)
      ? [{ kind: judge.self_reward.kind, is: "selfReward" as const, part: undefined }]
      : []),
  ];
  return asked.flatMap(({ kind, ...place }): PlacedRubric[] => {
    if (kind === "rubric") return [{ ...place, ...referenceRubric(parts, place.is) }];
    // A server is asked in words.
    return kind === "endpoint" ? [{ ...place, mode: "generate", comparison: undefined }] : [];
  });
}

function referenceRubric(parts: JudgeParts, is: PlacedRubric["is"]): Rubric {
  const { mode, compare } = parts.config.judge.rubric;
  if (compare === 0) return { mode, comparison: undefined };
  const other = rubricOf(parts, mode === "generate" ? "criterion-logits" : "generate");
  return { mode, comparison: { other: is === "reward" ? rubricReward(other) : other, pairs: compare } };
}

function asksForSelfReward({ algorithm: { name } }: Config): boolean {
  return !isImitation(name) && algorithms[name].selfReward;
}

function rewardOf(parts: JudgeParts, mode: RubricMode): Scorer {
  const { reward, pairwise } = parts.config.judge;
  if (reward.kind === "ensemble") return ensembleOf(parts, mode);
  if (reward.kind === "pairwise") return pairwiseReward(comparerOf(pairwise, parts), pairwise.opponents);
  return rewardBy(reward.kind, parts, mode);
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
      return endpointReward(parts.outside.endpoint());
  }
}

function ensembleOf(parts: JudgeParts, mode: RubricMode): Scorer {
  const { ensemble: settings } = parts.config.judge;
  return ensemble(
    membersOf(settings).map(([kind, part]) => ({ scorer: rewardBy(kind, parts, mode), ...part })),
    settings.on_missing,
  );
}

/** The judges of an ensemble that are asked, in the order of their parts. */
function membersOf({
  on_missing: _,
  ...members
}: Config["judge"]["ensemble"]): [Rewarder, Pick<Member, "weight" | "scale">][] {
  const all = Object.entries(members) as [Rewarder, Pick<Member, "weight" | "scale">][];
  return all.filter(([, { weight }]) => weight > 0);
}

/** @throws SparringError `task/not-verifiable`; when it first scores `judge/bad-schema` */
function verifierOf(settings: Config["judge"]["verifier"], task: TaskFamily): Scorer {
  const { rule, pattern, schema } = settings;
  switch (rule) {
    case "task":
      return verifier(requireVerifiable(task));
    case "exact":
    case "number":
    case "choice":
      return ruleVerifier(rule, () => answerRule(settings), answersOf(requireVerifiable(task)));
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
    case "endpoint":
      return endpointRubric(parts.outside.endpoint());
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
