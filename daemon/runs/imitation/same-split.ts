import type { Config } from "../../config/schema.ts";
import { SparringError } from "../../errors.ts";
import { isImitation } from "../../selfplay/registry.ts";

/**
 * Requires that a fork is not measured on what its parent learned from. Where both imitate the same data, or take their questions from
 * the same file, the settings by which some are set aside have to stay as they are; the seed of that is inherited (`dataSeedOf`). Where
 * one imitates the file that the other takes its questions from, each sets others aside. Files are told apart by their paths.
 * @throws SparringError `run/other-split`
 */
export function requireSameSplit(parent: Config, fork: Config): void {
  if (isDividedAnew(parent, fork)) throw dividedAnew(fork);
  const key = changedKey(parent, fork);
  if (key === undefined) return;
  throw new SparringError(
    "run/other-split",
    `With this ${key} a fork would be measured on what its parent has learned from: it decides what is held out.`,
    `Leave ${key} as it is in the parent; a new run may have any.`,
    { place: fork.name },
  );
}

/** The file that a run learns from, where it learns from one: a fork may change which way. */
function fileOf({ algorithm, imitation, game }: Config): string | undefined {
  return isImitation(algorithm.name) ? imitation.data : game.data;
}

/** Whether a fork is measured on parts of its parent's file that are set aside in another way than the parent's were. */
function isDividedAnew(parent: Config, fork: Config): boolean {
  const [before, after] = [parent, fork].map(({ algorithm }) => isImitation(algorithm.name));
  const isMeasured = !after || fork.imitation.held_out > 0;
  return before !== after && isMeasured && fileOf(fork) !== undefined && fileOf(parent) === fileOf(fork);
}

function dividedAnew(fork: Config): SparringError {
  return new SparringError(
    "run/other-split",
    `The fork would be measured on what its parent has learned from: game.data and imitation.data hold out different records of ${fileOf(fork)}.`,
    isImitation(fork.algorithm.name)
      ? "Set imitation.held_out to 0, or divide the file and give each its own part."
      : "Divide the file, imitate one part and give the other as game.data; or begin a new run.",
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
