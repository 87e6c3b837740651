import { isDeepStrictEqual } from "node:util";
import type { Config } from "./schema.ts";
import { usedSettings } from "./used.ts";

/**
 * The used settings in which two configs differ: dotted path → [before, after], null on the side that does not use the
 * setting.
 */
export function describeChanges(before: Config, after: Config): Record<string, [unknown, unknown]> {
  const [old, now] = [usedSettings(before), usedSettings(after)];
  const pairs = [...new Set([...old.keys(), ...now.keys()])].map((path): [string, [unknown, unknown]] => [
    path,
    [old.get(path) ?? null, now.get(path) ?? null],
  ]);
  return Object.fromEntries(pairs.filter(([, [a, b]]) => !isDeepStrictEqual(a, b)));
}
