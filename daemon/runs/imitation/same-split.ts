import type { Config } from "../../config/schema.ts";
import { SparringError } from "../../errors.ts";
import { isImitation } from "../../selfplay/registry.ts";

/**
 * Requires that a fork is not measured on what its parent learned from. Where both imitate the same data, or take their questions from
 * the same file, the settings by which some are set aside have to stay as they are; the seed of that is inherited (`dataSeedOf`).
 * @throws SparringError `run/other-split`
 */
export function requireSameSplit(parent: Config, fork: Config): void {
  const key = changedKey(parent, fork);
  if (key === undefined) return;
  throw new SparringError(
    "run/other-split",
    `With this ${key} a fork would be measured on what its parent has learned from: it decides what is held out.`,
    `Leave ${key} as it is in the parent; a new run may have any.`,
    { place: fork.name },
  );
}

/** The built-in data hold the same sums, with mistakes beside them or without. */
function isSameSource({ imitation: { data: before } }: Config, { imitation: { data: after } }: Config): boolean {
  return before === after || [before, after].every((data) => isBuiltIn(data));
}

function isBuiltIn(data: string | undefined): boolean {
  return data?.startsWith("builtin:") ?? false;
}

/** Fewer records that are set aside are the first of more. */
function changedKey(parent: Config, fork: Config): string | undefined {
  const [before, after] = [parent.game, fork.game];
  if (after.task === "file" && before.data === after.data && after.held_out > before.held_out) return "game.held_out";
  const imitates = isImitation(parent.algorithm.name) && isImitation(fork.algorithm.name);
  if (!imitates || fork.imitation.held_out === 0 || !isSameSource(parent, fork)) return undefined;
  if (isBuiltIn(fork.imitation.data) && parent.imitation.records !== fork.imitation.records) return "imitation.records";
  return fork.imitation.held_out > parent.imitation.held_out ? "imitation.held_out" : undefined;
}
