import { homedir } from "node:os";
import type { Config } from "../../config/schema.ts";
import { type ImitationName, imitationAlgorithms, isImitation } from "../../selfplay/registry.ts";
import { algorithmNames } from "../../text/algorithm-names.ts";
import { padEnd } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { RunView } from "./run-view.ts";

/** The algorithm and the settings that change what it is. */
function algorithmOf(config: Config): string {
  const { algorithm, judge, challenger, kl } = config;
  if (isImitation(algorithm.name)) return imitationOf(config, algorithm.name);
  const name = algorithmNames[algorithm.name];
  if (algorithm.name === "grpo") return `${name} (${algorithm.normalization}), β ${kl.beta}`;
  const parts = [`${name}`, `α ${algorithm.alpha_challenger}`, `β ${kl.beta}`];
  if (algorithm.name === "lsp") parts.push(`self-reward × ${judge.self_reward.scale}`);
  if (challenger.objective === "frontier") parts.push("frontier objective (ours, not the paper's)");
  return parts.join(", ");
}

/** What is imitated, in how many iterations, and how strongly. */
function imitationOf({ imitation }: Config, name: ImitationName): string {
  const { roles, uses } = imitationAlgorithms[name];
  const iterations = roles.includes("generated") ? [`${imitation.iterations} iterations`] : [];
  const settings = (["beta", "c", "eta", "lambda", "tau"] as const).filter((key) => uses.includes(key));
  const values = settings.map((key) => `${letters[key]} ${[imitation[key]].flat().join(", then ")}`);
  return [algorithmNames[name], ...iterations, ...values].join(", ");
}

const letters = { beta: "β", c: "c", eta: "η", lambda: "λ", tau: "τ" } as const;

/** How much is played. */
function gameOf({ game, algorithm, imitation }: Config): string {
  if (!isImitation(algorithm.name)) {
    const task = game.data === undefined ? game.task : tilde(game.data);
    return `${task}: ${game.queries} queries × ${game.answers} answers, ${game.rounds} rounds`;
  }
  return `${game.task}: ${game.rounds} rounds of ${imitation.batch} records of ${tilde(imitation.data!)}`;
}

/** A path as people write it. */
export function tilde(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** What is run, on what, and where it lies: label and text. */
function headerOf({ facts, overview, config, progress }: RunView): readonly (readonly [label: string, text: string])[] {
  const { adapter, engine, model } = config;
  const trained = adapter ? `LoRA of rank ${adapter.rank}` : "all weights";
  const { id, parent, seed } = overview;
  const changes = Object.entries(facts.lineage?.changes ?? {}).map(
    ([path, [before, now]]) => `${path} ${settingText(before)} → ${settingText(now)}`,
  );
  return [
    ["run", id],
    ...(parent ? [["forked", `from ${parent.run}, round ${parent.round}`] as const] : []),
    ...(changes.length > 0 ? [["changed", changes.join(", ")] as const] : []),
    ["game", gameOf(config)],
    ["plays", algorithmOf(config)],
    ["model", `${tilde(model.path)}, ${trained}`],
    ["engine", progress ? `${engine.name}, ${progress.device}` : engine.name],
    ["seed", String(seed)],
    ["lies in", tilde(facts.dir)],
  ];
}

/** A setting's value as a person writes it; null where the setting is not used. */
function settingText(value: unknown): string {
  if (value === null) return "unused";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The header as lines, safe to print. */
export function headerLines(view: RunView, label: (text: string) => string): string[] {
  return headerOf(view).map(([name, text]) => `${label(padEnd(name, 9))}${printable(text)}`);
}
