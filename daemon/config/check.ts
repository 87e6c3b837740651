import type { z } from "zod";
import type { CanonicalSource } from "./canonical.ts";
import { complete } from "./complete.ts";
import { crossProblems } from "./cross.ts";
import { describeIssue } from "./issues.ts";
import { canonicalSchema } from "./json-schema.ts";
import { isSetting } from "./keys.ts";
import { commandLine } from "./overrides.ts";
import { ConfigError, type ConfigWarning, type Problem } from "./problem.ts";
import { type Config, settingsSchema } from "./schema.ts";
import { isWithin, type Setting } from "./setting.ts";
import { reader, unused } from "./usage.ts";

/** A config ready to run, and what its author should know. */
export interface CheckedConfig {
  readonly config: Config;
  readonly warnings: readonly ConfigWarning[];
}

/** The nested object that settings with known paths describe; required sections are always there. */
function nest(settings: readonly Setting[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  const section = (keys: readonly string[]): Record<string, unknown> => {
    let node = root;
    for (const key of keys) {
      node[key] ??= {};
      node = node[key] as Record<string, unknown>;
    }
    return node;
  };
  for (const key of canonicalSchema.required ?? []) section([key]);
  for (const { path, value } of settings) {
    const keys = path.split(".");
    if (isSetting(path)) section(keys.slice(0, -1))[keys.at(-1)!] = value;
    else section(keys);
  }
  return root;
}

/** The dotted path of the setting that an issue is about; an issue in a list is about the list. */
function settingOf(issue: z.core.$ZodIssue): string {
  const keys = issue.path.map(String);
  const depth = keys.findIndex((_, i) => isSetting(keys.slice(0, i + 1).join(".")));
  return keys.slice(0, depth + 1).join(".");
}

function warningsAbout(config: Config, placeOf: (path: string) => string | undefined): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  if (config.kl.estimator === "literal") {
    warnings.push({
      code: "config/literal-kl",
      message:
        "kl.estimator: literal is the paper's formula as printed; its gradient is 0 on average, so nothing holds the policy near the reference",
      next: "Set kl.estimator to k2 or k3, or keep it to see what the formula does.",
      place: placeOf("kl.estimator"),
    });
  }
  if (config.optimizer.warmup_rounds > config.game.rounds) {
    warnings.push({
      code: "config/long-warmup",
      message: `the run ends after ${config.game.rounds} rounds, before optimizer.warmup_rounds (${config.optimizer.warmup_rounds}) is over: the learning rate never reaches optimizer.lr`,
      next: "Lower optimizer.warmup_rounds, or raise game.rounds.",
      place: placeOf("optimizer.warmup_rounds"),
    });
  }
  return warnings;
}

/** Problems in the order of the text: whole file, then by line and column, then the command line. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = ({ place }: Problem): number => {
    const position = place?.match(/:(\d+):(\d+)$/);
    if (position) return Number(position[1]) * 100_000 + Number(position[2]);
    return place === commandLine ? Number.POSITIVE_INFINITY : 0;
  };
  return [...problems].sort((a, b) => Math.sign(rank(a) - rank(b)) || 0);
}

/**
 * Checks everything about a config at once: types and ranges, keys without effect, and rules between keys.
 * @param source settings with known paths, and the problems found before
 * @param whole  where to place a missing key, if its section is absent too: the file
 * @param name   the run's name where the config gives none
 * @throws ConfigError with every problem there is
 */
export function check(source: CanonicalSource, whole: string | undefined, name: string): CheckedConfig {
  const { settings, blamed } = source;
  const problems = [...source.problems];
  const given = new Map(settings.map((setting) => [setting.path, setting]));
  const parsed = settingsSchema.safeParse(nest(settings), { error: () => "" });

  const invalid = new Set<string>();
  for (const issue of parsed.error?.issues ?? []) {
    const path = settingOf(issue);
    const setting = given.get(path);
    if (!setting && blamed.some((known) => isWithin(path, known))) continue;
    const section = path.slice(0, path.indexOf("."));
    const sibling = settings.find((other) => isWithin(other.path, section));
    problems.push(describeIssue(issue, path, setting, sibling?.keyPlace ?? whole));
    invalid.add(path);
  }

  const read = reader(settings, invalid);
  for (const { path, keyPlace } of settings) {
    const reason = unused(path, read);
    if (reason) {
      const message = `${path} has no effect here: ${reason.because}`;
      problems.push({ code: "config/unused-key", message, next: reason.next, place: keyPlace });
    }
  }
  const placeOf = (path: string) => given.get(path)?.valuePlace;
  problems.push(...crossProblems(read, placeOf, whole));

  if (problems.length > 0 || !parsed.success) throw new ConfigError(inOrder(problems));
  const config = complete(parsed.data, name);
  return { config, warnings: warningsAbout(config, placeOf) };
}
