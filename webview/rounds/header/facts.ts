import type { Progress } from "../../../daemon/protocol.ts";
import { algorithmNames } from "../../../daemon/text/algorithm-names.ts";
import { telemetryText } from "../../../daemon/text/telemetry.ts";
import { isImitation } from "../../shared/imitation.ts";
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

const algorithms: Readonly<Record<string, string>> = algorithmNames;

/** The setting that turns a log-ratio into an implicit reward, with its letter. */
const strengths: Readonly<Record<string, readonly [letter: string, path: string]>> = {
  spin: ["β", "imitation.beta"],
  spif: ["β", "imitation.beta"],
  dpo: ["β", "imitation.beta"],
  spac: ["η", "imitation.eta"],
  ipo: ["τ", "imitation.tau"],
};

/** What a run is, in a line: algorithm, model, engine and what it takes, size of the game, KL weight, where it comes from, seed. */
export function runFacts({ config, overview, lineage }: RunDetails, progress: Progress | null): string[] {
  const rank = numberSetting(config, "adapter.rank");
  const parent = overview.parent ?? lineage?.parent;
  return [
    algorithms[overview.algorithm] ?? overview.algorithm,
    overview.model + (rank === undefined ? "" : `, LoRA rank ${rank}`),
    [textSetting(config, "engine.name"), progress?.device].filter((part) => part !== undefined).join(" on "),
    ...(progress?.telemetry ? [telemetryText(progress.device, progress.telemetry)] : []),
    ...(isImitation({ config }) ? imitationFacts(config, overview.algorithm) : gameFacts(config)),
    overview.task,
    ...(parent ? [`from ${parent.run} at round ${parent.round}`] : []),
    `seed ${lineage?.seed ?? overview.seed}`,
  ];
}

function gameFacts(config: RunDetails["config"]): string[] {
  const beta = numberSetting(config, "kl.beta");
  const queries = numberSetting(config, "game.queries");
  const answers = numberSetting(config, "game.answers");
  return [
    ...(queries === undefined || answers === undefined ? [] : [`N ${queries} queries × G ${answers} answers a round`]),
    ...(beta === undefined ? [] : [`β ${plain(beta)}`]),
  ];
}

function imitationFacts(config: RunDetails["config"], algorithm: string): string[] {
  const batch = numberSetting(config, "imitation.batch");
  const strength = strengths[algorithm];
  const values = strength && [setting(config, strength[1])].flat().filter((value) => typeof value === "number");
  return [
    `${batch} records of ${textSetting(config, "imitation.data")} a round`,
    ...(strength && values ? [`${strength[0]} ${values.map(plain).join(", then ")}`] : []),
  ];
}
