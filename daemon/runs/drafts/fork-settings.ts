import { isDeepStrictEqual } from "node:util";
import { describeChanges } from "../../config/changes.ts";
import { applyOverrides } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";

/** A used setting in which two configs differ; null on the side that does not use it. */
export interface Change {
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What a fork needs to get from one config to another. */
export interface ForkPlan {
  readonly changes: readonly Change[];
  /** `key=value`, for `applyOverrides`. */
  readonly settings: readonly string[];
  /** Changes that no setting can make, because one can't be unset: the fork would not be what was written. */
  readonly impossible: readonly Change[];
}

/**
 * The settings that make exactly `after` out of `before`. Those that `after` doesn't use fall away by themselves, and of those
 * that only `after` uses, the ones that `before` holds anyway need not be said.
 * @param before a run's complete config · @param after one that was written for its fork
 */
export function forkPlan(before: Config, after: Config): ForkPlan {
  const changes = changesOf(before, after);
  const said = changes.filter(({ key, to }) => to !== null && !isDeepStrictEqual(heldBy(before, key), to));
  const settings = said.map(({ key, to }) => `${key}=${typeof to === "string" ? to : JSON.stringify(to)}`);
  const impossible = changesOf(applyOverrides(before, settings).config, after);
  return { changes, settings, impossible };
}

function changesOf(before: Config, after: Config): Change[] {
  return Object.entries(describeChanges(before, after)).map(([key, [from, to]]) => ({ key, from, to }));
}

/** The value of a complete config at a dotted path, whether it is used or not. */
function heldBy(config: Config, path: string): unknown {
  const child = (node: unknown, key: string): unknown => (node as Record<string, unknown> | undefined)?.[key];
  return path.split(".").reduce<unknown>(child, config);
}
