import { schemaAt } from "./json-schema.ts";
import { isWithin, type ReadSetting, type Setting } from "./setting.ts";

interface UsageRule {
  /** Settings, or sections with all that is in them. */
  readonly paths: readonly string[];
  readonly unused: (read: ReadSetting) => boolean;
  readonly because: string;
  readonly next: string;
}

const algorithm = "algorithm.name";
const isGrpo = (read: ReadSetting) => read(algorithm) === "grpo";
const isSelfPlay = (read: ReadSetting) => read(algorithm) === "lsp" || read(algorithm) === "lsp-zero";

const usesRubric = (read: ReadSetting) =>
  read("judge.reward.kind") === "rubric" || (read(algorithm) === "lsp" && read("judge.self_reward.kind") === "rubric");

/** Which settings have no effect when, and why; the first rule that applies is the one reported. */
const rules: readonly UsageRule[] = [
  {
    paths: ["challenger", "admission", "algorithm.alpha_challenger"],
    unused: isGrpo,
    because: "grpo has no Challenger: its queries come from the task",
    next: "Remove it, or set algorithm.name to lsp.",
  },
  {
    paths: ["challenger.task", "challenger.template"],
    unused: (read) => read("game.task") === "addition" || read("game.task") === "word-sums",
    because: "only the Challenger of an open game can be asked for anything",
    next: "Remove it, or set game.task to open.",
  },
  {
    paths: ["eval"],
    unused: (read) => read("game.task") === "open",
    because: "nobody knows the right answers in an open game, so there is nothing to measure on",
    next: "Remove it, or set game.task to word-sums.",
  },
  {
    paths: ["judge.rubric"],
    unused: (read) => !usesRubric(read),
    because: "no judge of this run is asked in words",
    next: "Remove it, or set judge.reward.kind or, with lsp, judge.self_reward.kind to rubric.",
  },
  {
    paths: ["kl.estimator"],
    unused: isGrpo,
    because: "grpo always uses the per-token k3",
    next: "Remove it.",
  },
  {
    paths: ["judge.self_reward"],
    unused: (read) => isGrpo(read) || read(algorithm) === "lsp-zero",
    because: "only lsp adds a self-reward",
    next: "Remove it, or set algorithm.name to lsp.",
  },
  {
    paths: ["algorithm.normalization"],
    unused: isSelfPlay,
    because: "it belongs to grpo; lsp and lsp-zero average over answers",
    next: "Remove it, or set algorithm.name to grpo.",
  },
  {
    paths: ["algorithm.updates_per_round", "algorithm.epsilon_low", "algorithm.epsilon_high"],
    unused: isSelfPlay,
    because: "lsp and lsp-zero take exactly one step a round, so there is no ratio to clip",
    next: "Remove it, or set algorithm.name to grpo.",
  },
  {
    paths: ["algorithm.epsilon_low", "algorithm.epsilon_high"],
    unused: (read) => read("algorithm.updates_per_round") === 1,
    because: "with one update a round every probability ratio is 1 and nothing is clipped",
    next: "Remove it, or set algorithm.updates_per_round above 1.",
  },
  {
    paths: ["admission.margin"],
    unused: (read) => read("admission.on_reject") === "drop" || read("admission.on_reject") === "off",
    because: "only admission.on_reject: penalise rewards rejected queries",
    next: "Remove it, or set admission.on_reject to penalise.",
  },
];

/** Why a setting has no effect in this config, and what to do; undefined where it has one. */
export function unused(
  path: string,
  read: ReadSetting,
): { readonly because: string; readonly next: string } | undefined {
  return rules.find((rule) => rule.paths.some((rulePath) => isWithin(path, rulePath)) && rule.unused(read));
}

/** Reads the effective value of a key: what is given, unless it is invalid, else the default. */
export function reader(settings: readonly Setting[], invalid: ReadonlySet<string> = new Set()): ReadSetting {
  const given = new Map(settings.map(({ path, value }) => [path, value]));
  return (path) => {
    if (invalid.has(path)) return undefined;
    return given.has(path) ? given.get(path) : schemaAt(path)?.default;
  };
}
