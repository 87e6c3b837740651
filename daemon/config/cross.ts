import type { Problem } from "./problem.ts";
import type { ReadSetting } from "./setting.ts";

/** A rule between settings: what is wrong with them together, if anything is. */
type Rule = (read: ReadSetting) => (Omit<Problem, "place"> & { readonly at: string }) | undefined;

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

const verifierOfOpen: Rule = (read) => {
  if (read("game.task") !== "open" || read("judge.reward.kind") !== "verifier") return undefined;
  return {
    at: "judge.reward.kind",
    code: "config/conflict",
    message: "judge.reward.kind: verifier needs right answers, and in an open game nobody knows them",
    next: "Set judge.reward.kind to rubric, or game.task to word-sums.",
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
  const isRubric = (path: string): boolean => read(path) === "rubric";
  const isLsp = read("algorithm.name") === "lsp";
  if (!isLsp || !isRubric("judge.reward.kind") || !isRubric("judge.self_reward.kind")) return undefined;
  return {
    at: "judge.self_reward.kind",
    code: "config/conflict",
    message:
      "judge.self_reward.kind: the rubric is the reward already, and what the Challenger loses by one it would win by the other: that game is lsp-zero with other weights",
    next: "Set algorithm.name to lsp-zero, or judge.self_reward.kind to likelihood.",
  };
};

const rules: readonly Rule[] = [oneQuery, dataOfOpen, verifierOfOpen, bareNumbers, oneJudgeTwice];

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
    if (!found) return [];
    const { at, ...problem } = found;
    return [{ ...problem, place: placeOf(at) ?? placeOf("game.task") ?? whole }];
  });
}
