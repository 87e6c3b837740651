import type { Problem } from "./problem.ts";
import type { ReadSetting } from "./setting.ts";
import { asksServer, isImitation, rewards, selfRewards, unused } from "./usage.ts";

/** A rule between settings: what is wrong with them together, if anything is. */
type Rule = (
  read: ReadSetting,
) => (Omit<Problem, "place"> & { readonly at: string; readonly missing?: string }) | undefined;

/** The Challenger's advantage needs company. */
const oneQuery: Rule = (read) => {
  const name = read("algorithm.name");
  if ((name !== "lsp" && name !== "lsp-zero") || read("game.queries") !== 1) return undefined;
  return {
    at: "game.queries",
    code: "config/out-of-range",
    message: `game.queries: found 1, expected at least 2 with ${name}: the Challenger's advantage is measured against the round's mean, so with one query it is always 0`,
    next: "Set game.queries to 2 or more, or algorithm.name to grpo.",
  };
};

const dataOfOpen: Rule = (read) => {
  if (read("game.task") !== "open" || read("algorithm.name") !== "grpo") return undefined;
  return {
    at: "algorithm.name",
    code: "config/conflict",
    message: "algorithm.name: grpo takes its queries from the task, and an open game has none of its own",
    next: "Set algorithm.name to lsp or lsp-zero, or game.task to word-sums.",
  };
};

const questionsForGrpo: Rule = (read) => {
  const name = read("algorithm.name");
  if (read("game.task") !== "file" || name === "grpo" || name === undefined) return undefined;
  const imitates = isImitation(read);
  return {
    at: "algorithm.name",
    code: "config/conflict",
    message: imitates
      ? `algorithm.name: ${name} asks no questions, and game.task is file: what is imitated is another file, imitation.data`
      : `algorithm.name: with ${name} a Challenger writes the queries, and to those game.data has no answers`,
    next: imitates
      ? "Set game.task to open, or algorithm.name to grpo; a fork can go on with the other."
      : "Set algorithm.name to grpo, or game.task to open; a fork of a run of grpo can go on with that.",
  };
};

const questionsNamed: Rule = (read) => {
  if (read("game.task") !== "file" || read("game.data") !== undefined) return undefined;
  return {
    at: "game.task",
    missing: "game.data",
    code: "config/missing-key",
    message: "game.data is missing: it is the file that game.task: file takes its questions from",
    next: "Set it to a file of JSON Lines with question and answer, relative to this one.",
  };
};

const verifierOfOpen: Rule = (read) => {
  if (isImitation(read) || read("game.task") !== "open" || !rewards("verifier", read)) return undefined;
  const rule = read("judge.verifier.rule");
  if (rule === "regex" || rule === "json-schema" || rule === undefined) return undefined;
  const isAlone = read("judge.reward.kind") === "verifier";
  return {
    at: isAlone ? "judge.reward.kind" : "judge.ensemble.verifier.weight",
    code: "config/conflict",
    message: `${isAlone ? "judge.reward.kind: verifier" : "judge.ensemble.verifier: it"} needs right answers, and in an open game nobody knows them`,
    next: isAlone
      ? "Set judge.reward.kind to rubric, or game.task to word-sums."
      : "Set its weight to 0, or judge.verifier.rule to regex or json-schema, or game.task to word-sums.",
  };
};

/** The setting because of which the server is asked. */
function whereServerIsAsked(read: ReadSetting): string {
  if (rewards("endpoint", read)) return "judge.reward.kind";
  return selfRewards("endpoint", read) ? "judge.self_reward.kind" : "judge.pairwise.by";
}

/** What a judge can't do without has no default. */
const judgeNamed: Rule = (read) => {
  const rule = read("judge.verifier.rule");
  const verifies = rewards("verifier", read);
  const needed = [
    ...(asksServer(read) ? ["judge.endpoint.url", "judge.endpoint.model"] : []),
    ...(verifies && rule === "regex" ? ["judge.verifier.pattern"] : []),
    ...(verifies && rule === "json-schema" ? ["judge.verifier.schema"] : []),
  ];
  const missing = needed.find((path) => read(path) === undefined);
  if (isImitation(read) || missing === undefined) return undefined;
  return {
    at: missing.startsWith("judge.endpoint") ? whereServerIsAsked(read) : "judge.verifier.rule",
    missing,
    code: "config/missing-key",
    message: `${missing} is missing: this judge can't do without it`,
    next: "Add it, or choose another judge.",
  };
};

const ensembleOfNobody: Rule = (read) => {
  if (isImitation(read) || read("judge.reward.kind") !== "ensemble") return undefined;
  const judges = ["verifier", "rubric", "model", "endpoint"] as const;
  if (judges.some((judge) => read(`judge.ensemble.${judge}.weight`) !== 0)) return undefined;
  return {
    at: "judge.reward.kind",
    code: "config/conflict",
    message: "judge.reward.kind: ensemble, and no judge in it has a weight",
    next: "Set the weight of at least one, e.g. judge.ensemble.verifier.weight to 1.",
  };
};

const bareNumbers: Rule = (read) => {
  const [task, kind] = [read("game.task"), read("judge.self_reward.kind")];
  if (read("algorithm.name") !== "lsp" || (task !== "word-sums" && task !== "open")) return undefined;
  if (kind !== "criteria" && kind !== "form") return undefined;
  return {
    at: "judge.self_reward.kind",
    code: "config/conflict",
    message: `judge.self_reward.kind: ${kind} reads answers that are bare numbers, and those to ${task} are sentences`,
    next:
      task === "open"
        ? "Set judge.self_reward.kind to likelihood, or algorithm.name to lsp-zero."
        : "Set judge.self_reward.kind to rubric or likelihood.",
  };
};

/**
 * With R = s/7 and R_Q = s of one judge, r = (1/7 + scale)·s and c = (scale − 1/7)·V_s: LSP-Zero with other weights, where the
 * sign of the Challenger's reward is that of scale − 1/7.
 */
const oneJudgeTwice: Rule = (read) => {
  const judge = (["rubric", "endpoint"] as const).find((each) => rewards(each, read) && selfRewards(each, read));
  if (judge === undefined) return undefined;
  return {
    at: "judge.self_reward.kind",
    code: "config/conflict",
    message: `judge.self_reward.kind: the ${judge} is the reward already, and what the Challenger loses by one it would win by the other: that game is lsp-zero with other weights`,
    next: "Set algorithm.name to lsp-zero, or judge.self_reward.kind to likelihood.",
  };
};

/** Of every query the answers' rewards are ½ on average, so no query is harder than another. */
const duelsOfZero: Rule = (read) => {
  if (read("algorithm.name") !== "lsp-zero" || read("judge.reward.kind") !== "pairwise") return undefined;
  return {
    at: "judge.reward.kind",
    code: "config/conflict",
    message:
      "judge.reward.kind: pairwise gives the answers to every query ½ on average, and lsp-zero rewards the Challenger by that alone: it would learn nothing",
    next: "Set algorithm.name to lsp or grpo, or judge.reward.kind to another judge.",
  };
};

const logitsOfServer: Rule = (read) => {
  if (unused("judge.pairwise.mode", read)) return undefined;
  if (read("judge.pairwise.by") !== "endpoint" || read("judge.pairwise.mode") !== "logits") return undefined;
  return {
    at: "judge.pairwise.mode",
    code: "config/conflict",
    message: "judge.pairwise.mode: logits reads a model's probabilities, and a server is asked in words",
    next: "Set it to generate, or judge.pairwise.by to reference.",
  };
};

const nothingToImitate: Rule = (read) => {
  if (!isImitation(read) || read("imitation.data") !== undefined) return undefined;
  return {
    at: "algorithm.name",
    code: "config/missing-key",
    message: `imitation.data is missing: ${read("algorithm.name")} learns from data`,
    next: "Set it to a file, to builtin:addition-expert, or for spac, dpo and ipo to builtin:addition-pairs.",
  };
};

/** What is built in are sums in the words of nano's game. */
const foreignSums: Rule = (read) => {
  const [data, task] = [read("imitation.data"), read("game.task")];
  if (!isImitation(read) || typeof data !== "string" || !data.startsWith("builtin:")) return undefined;
  if (task === "addition" || task === undefined) return undefined;
  return {
    at: "imitation.data",
    code: "config/conflict",
    message: `imitation.data: ${data} has sums as nano reads them, and game.task is ${task}`,
    next: "Set game.task to addition, or imitation.data to a file.",
  };
};

const roundsForIterations: Rule = (read) => {
  const [rounds, iterations] = [read("game.rounds"), read("imitation.iterations")];
  if (unused("imitation.iterations", read) || typeof rounds !== "number" || typeof iterations !== "number") {
    return undefined;
  }
  if (!isImitation(read) || rounds >= iterations) return undefined;
  return {
    at: "imitation.iterations",
    code: "config/conflict",
    message: `imitation.iterations: found ${iterations}, and each has at least one of the ${rounds} rounds of game.rounds`,
    next: `Set it to at most ${rounds}, or raise game.rounds.`,
  };
};

/** Values of iterations that never come would be read by nobody. */
const listForIterations: Rule = (read) => {
  if (!isImitation(read)) return undefined;
  const usesIterations = unused("imitation.iterations", read) === undefined;
  const iterations = usesIterations ? (read("imitation.iterations") as number | undefined) : 1;
  const at = ["imitation.beta", "imitation.eta", "imitation.lr"].find((path) => {
    const value = unused(path, read) ? undefined : read(path);
    return Array.isArray(value) && iterations !== undefined && value.length > iterations;
  });
  if (at === undefined) return undefined;
  const listed = (read(at) as readonly unknown[]).length;
  return {
    at,
    code: "config/conflict",
    message: `${at}: ${listed} values are listed, and there ${iterations === 1 ? "is 1 iteration" : `are ${iterations} iterations`}`,
    next: usesIterations ? "Remove values, or raise imitation.iterations." : "Write one value.",
  };
};

const rules: readonly Rule[] = [
  oneQuery,
  dataOfOpen,
  questionsForGrpo,
  questionsNamed,
  verifierOfOpen,
  judgeNamed,
  ensembleOfNobody,
  bareNumbers,
  oneJudgeTwice,
  duelsOfZero,
  logitsOfServer,
  nothingToImitate,
  foreignSums,
  roundsForIterations,
  listForIterations,
];

/**
 * What is wrong with settings that are each right by themselves.
 * @param placeOf where a setting's value is; undefined where it was left out
 * @param whole   where to place what no setting was written for
 */
export function crossProblems(
  read: ReadSetting,
  placeOf: (path: string) => string | undefined,
  whole: string | undefined,
): Problem[] {
  return rules.flatMap((rule) => {
    const found = rule(read);
    // What is there and invalid is not missing.
    if (!found || (found.missing !== undefined && placeOf(found.missing) !== undefined)) return [];
    const { at, missing: _, ...problem } = found;
    return [{ ...problem, place: placeOf(at) ?? placeOf("game.task") ?? whole }];
  });
}
