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
const isOneOf =
  (...names: readonly string[]) =>
  (read: ReadSetting) =>
    names.some((name) => name === read(algorithm));
/** It learns from data, unit by unit. */
export const isImitation = isOneOf("sft", "spin", "spif", "spac", "dpo", "ipo");
/** It plays against its own last iterate. */
const isIterated = isOneOf("spin", "spif", "spac");
/** Said of a setting that is written for other algorithms of imitation. */
const only = (...names: readonly string[]) => ({
  unused: (read: ReadSetting) => isImitation(read) && !isOneOf(...names)(read),
  because: `only ${names.join(", ").replace(/, (?=\w+$)/, " and ")} ${names.length === 1 ? "reads" : "read"} it`,
  next: `Remove it, or set algorithm.name to ${names.join(" or ")}.`,
});

/** A judge gives the reward, alone or in an ensemble. */
export const rewards = (judge: "verifier" | "rubric" | "model" | "endpoint", read: ReadSetting): boolean => {
  const kind = read("judge.reward.kind");
  return kind === judge || (kind === "ensemble" && Number(read(`judge.ensemble.${judge}.weight`)) > 0);
};

/** A judge gives the self-reward. */
export const selfRewards = (judge: "rubric" | "endpoint", read: ReadSetting): boolean =>
  read(algorithm) === "lsp" && read("judge.self_reward.kind") === judge;

const isPairwise = (read: ReadSetting) => read("judge.reward.kind") === "pairwise";

/** The server of `judge.endpoint` is asked for anything. */
export const asksServer = (read: ReadSetting): boolean =>
  rewards("endpoint", read) ||
  selfRewards("endpoint", read) ||
  (isPairwise(read) && read("judge.pairwise.by") === "endpoint");

/** Held-out questions of a file are graded by the verifier's rule, whoever gives the reward. */
const measuresByRule = (read: ReadSetting) => read("game.task") === "file";

const usesRubric = (read: ReadSetting) => rewards("rubric", read) || selfRewards("rubric", read);

/** A rule of the verifier that alone reads a setting. */
const onlyWithRule = (rule: string, ...keys: readonly string[]): UsageRule => ({
  paths: keys.map((key) => `judge.verifier.${key}`),
  unused: (read) => read("judge.verifier.rule") !== rule,
  because: `only judge.verifier.rule: ${rule} reads it`,
  next: `Remove it, or set judge.verifier.rule to ${rule}.`,
});

const judgeRules: readonly UsageRule[] = [
  {
    paths: ["judge.ensemble"],
    unused: (read) => read("judge.reward.kind") !== "ensemble",
    because: "only one judge gives the reward",
    next: "Remove it, or set judge.reward.kind to ensemble.",
  },
  {
    paths: ["judge.endpoint"],
    unused: (read) => !asksServer(read),
    because: "this judge is not asked",
    next: "Remove it, or set judge.reward.kind, judge.pairwise.by or, with lsp, judge.self_reward.kind to endpoint, or judge.reward.kind to ensemble with judge.ensemble.endpoint.weight above 0.",
  },
  {
    paths: ["judge.pairwise"],
    unused: (read) => !isPairwise(read),
    because: "answers are scored one by one",
    next: "Remove it, or set judge.reward.kind to pairwise.",
  },
  {
    paths: ["challenger.objective"],
    unused: isPairwise,
    because:
      "pairs give the answers to every query ½ on average, so no query is harder than another by either objective",
    next: "Remove it, or set judge.reward.kind to another judge.",
  },
  {
    paths: ["judge.pairwise.temperature", "judge.pairwise.max_tokens"],
    unused: (read) => read("judge.pairwise.by") === "endpoint",
    because: "the server is asked with the settings of judge.endpoint",
    next: "Remove it, or set the same in judge.endpoint.",
  },
  {
    paths: ["judge.pairwise.temperature", "judge.pairwise.max_tokens"],
    unused: (read) => read("judge.pairwise.mode") === "logits",
    because: "with logits the judge writes nothing",
    next: "Remove it, or set judge.pairwise.mode to generate.",
  },
  ...(["verifier", "model"] as const).map((judge) => ({
    paths: [`judge.${judge}`],
    unused: (read: ReadSetting) => !rewards(judge, read) && !(judge === "verifier" && measuresByRule(read)),
    because: "this judge is not asked",
    next: `Remove it, or set judge.reward.kind to ${judge}, or to ensemble with judge.ensemble.${judge}.weight above 0.`,
  })),
  ...["verifier", "rubric", "model", "endpoint"].map((judge) => ({
    paths: [`judge.ensemble.${judge}.scale`],
    unused: (read: ReadSetting) => read(`judge.ensemble.${judge}.weight`) === 0,
    because: "this judge is not asked",
    next: `Remove it, or set judge.ensemble.${judge}.weight above 0.`,
  })),
  onlyWithRule("number", "tolerance", "relative_tolerance"),
  onlyWithRule("regex", "pattern"),
  onlyWithRule("json-schema", "schema"),
];

/** Which settings have no effect when, and why; the first rule that applies is the one reported. */
const rules: readonly UsageRule[] = [
  {
    paths: ["imitation"],
    unused: (read) => read(algorithm) !== undefined && !isImitation(read),
    because: "this algorithm learns from rewards, and imitates no data",
    next: "Remove it, or set algorithm.name to spin.",
  },
  {
    paths: [
      ...["challenger", "admission", "judge", "kl", "game.queries", "game.answers"],
      ...["alpha_challenger", "normalization", "updates_per_round", "epsilon_low", "epsilon_high"].map(
        (key) => `algorithm.${key}`,
      ),
    ],
    unused: isImitation,
    because:
      "this algorithm imitates data: it has no Challenger, no judge and no rewards, and its loss holds the policy",
    next: "Remove it; what is imitated and how is set in the section imitation.",
  },
  {
    paths: ["alarms"],
    unused: isImitation,
    because: "alarms watch games of rewards, and this algorithm imitates data",
    next: "Remove it.",
  },
  {
    paths: ["alarms.diversity", "alarms.admission"],
    unused: isGrpo,
    because: "grpo has no Challenger whose queries could go wrong",
    next: "Remove it, or set algorithm.name to lsp.",
  },
  {
    paths: ["model.reference"],
    unused: isOneOf("sft", "spin", "spif", "spac"),
    because: "no reference model is asked: spin, spif and spac compare with their opponent, and sft with nothing",
    next: "Remove it.",
  },
  { paths: ["algorithm.mask_truncated"], ...only("spin", "spif", "spac") },
  { paths: ["imitation.iterations", "imitation.split", "imitation.lr"], ...only("spin", "spif", "spac") },
  { paths: ["imitation.early_stop"], ...only("spin", "spif", "spac") },
  { paths: ["imitation.mix_previous"], ...only("spin", "spif") },
  { paths: ["imitation.beta"], ...only("spin", "spif", "dpo") },
  { paths: ["imitation.c"], ...only("spif") },
  { paths: ["eta", "lambda", "smoothing", "against"].map((key) => `imitation.${key}`), ...only("spac") },
  { paths: ["imitation.tau", "imitation.length_average"], ...only("ipo") },
  {
    paths: ["imitation.split", "imitation.mix_previous"],
    unused: (read) => read("imitation.iterations") === 1,
    because: "there is only one iteration",
    next: "Remove it, or set imitation.iterations above 1.",
  },
  {
    paths: ["imitation.records"],
    unused: (read) => {
      const data = read("imitation.data");
      return typeof data === "string" && !data.startsWith("builtin:");
    },
    because: "a file's records are all used",
    next: "Remove it, or set imitation.data to builtin:addition-expert.",
  },
  {
    paths: ["imitation.early_stop.window"],
    unused: (read) => read("imitation.early_stop.accuracy") === undefined,
    because: "without early_stop.accuracy no iteration ends early",
    next: "Remove it, or set imitation.early_stop.accuracy.",
  },
  {
    paths: ["optimizer.lr"],
    unused: (read) => isIterated(read) && read("imitation.lr") !== undefined,
    because: "imitation.lr takes its place",
    next: "Remove one of the two.",
  },
  {
    paths: ["eval.temperature", "eval.limit"],
    unused: (read) => isImitation(read) && read("game.task") === "open",
    because: "nobody knows the right answers in an open game, so only the held-out records are measured on",
    next: "Remove it, or set game.task to word-sums.",
  },
  {
    paths: ["solver.max_tokens"],
    unused: (read) => isImitation(read) && !isIterated(read) && read("game.task") === "open",
    because: "this algorithm generates no answers, and an open game has no tasks to evaluate on",
    next: "Remove it; imitation.max_tokens is the limit of the data.",
  },
  {
    paths: ["device", "precision", "deterministic", "plain", "checkpointing", "python"].map((key) => `engine.${key}`),
    unused: (read) => read("engine.name") === "onnx",
    because: "the embedded engine computes on the CPU in float32, always the same, and needs no Python",
    next: "Remove it, or set engine.name to torch.",
  },
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
    paths: ["game.data", "game.held_out"],
    unused: (read) => read("game.task") !== undefined && read("game.task") !== "file",
    because: "this task makes its queries itself, and reads no file",
    next: "Remove it, or set game.task to file.",
  },
  {
    paths: ["eval"],
    unused: (read) => read("game.task") === "open" && !isImitation(read),
    because: "nobody knows the right answers in an open game, so there is nothing to measure on",
    next: "Remove it, or set game.task to word-sums.",
  },
  ...judgeRules,
  {
    paths: ["judge.rubric"],
    unused: (read) => !usesRubric(read),
    because: "no judge of this run is asked in words",
    next: "Remove it, or set judge.reward.kind or, with lsp, judge.self_reward.kind to rubric.",
  },
  {
    paths: ["judge.rubric.temperature", "judge.rubric.max_tokens"],
    unused: (read) => read("judge.rubric.mode") === "criterion-logits" && read("judge.rubric.compare") === 0,
    because: "with criterion-logits the judge writes nothing",
    next: "Remove it, or set judge.rubric.mode to generate or judge.rubric.compare above 0.",
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
