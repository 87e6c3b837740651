import { settingPaths } from "./keys.ts";
import type { Config } from "./schema.ts";
import { unused } from "./usage.ts";

/** The value of a complete config at a dotted path; undefined where an optional setting is absent. */
function valueAt(config: Config, path: string): unknown {
  const child = (node: unknown, key: string) => (node as Record<string, unknown> | undefined)?.[key];
  return path.split(".").reduce<unknown>(child, config);
}

/** The settings that a run with this config uses: dotted path → value, in the order of the schema. */
export function usedSettings(config: Config): Map<string, unknown> {
  const read = (path: string) => valueAt(config, path);
  const used = settingPaths.filter((path) => read(path) !== undefined && !unused(path, read));
  return new Map(used.map((path) => [path, read(path)]));
}
