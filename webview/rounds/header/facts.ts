import { plain } from "../../shared/numbers.ts";
import type { RunDetails } from "../data/records.ts";

/** A value of a config by its dotted path; undefined where there is none. */
export function setting(config: RunDetails["config"], path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      config,
    );
}

/** As `setting`, if it is a number. */
export function numberSetting(config: RunDetails["config"], path: string): number | undefined {
  const value = setting(config, path);
  return typeof value === "number" ? value : undefined;
}

/** As `setting`, if it is a text. */
export function textSetting(config: RunDetails["config"], path: string): string | undefined {
  const value = setting(config, path);
  return typeof value === "string" ? value : undefined;
}

const algorithms: Readonly<Record<string, string>> = { lsp: "LSP", "lsp-zero": "LSP-Zero", grpo: "GRPO" };

/** What a run is, in a line: algorithm, model, engine, size of the game, KL weight, where it comes from, seed. */
export function runFacts({ config, overview, lineage }: RunDetails, device: string | undefined): string[] {
  const rank = numberSetting(config, "model.lora.rank");
  const beta = numberSetting(config, "kl.beta");
  const queries = numberSetting(config, "game.queries");
  const answers = numberSetting(config, "game.answers");
  const parent = overview.parent ?? lineage?.parent;
  return [
    algorithms[overview.algorithm] ?? overview.algorithm,
    overview.model + (rank === undefined ? "" : `, LoRA rank ${rank}`),
    [textSetting(config, "engine.name"), device].filter((part) => part !== undefined).join(" on "),
    ...(queries === undefined || answers === undefined ? [] : [`N ${queries} queries × G ${answers} answers a round`]),
    ...(beta === undefined ? [] : [`β ${plain(beta)}`]),
    overview.task,
    ...(parent ? [`from ${parent.run} at round ${parent.round}`] : []),
    `seed ${lineage?.seed ?? overview.seed}`,
  ];
}
