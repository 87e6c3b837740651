import { join } from "node:path";
import { SparringError } from "../errors.ts";
import { fileError, orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { layout, roundOfName } from "./layout.ts";
import { flushTree, removeTree, walk } from "./tree.ts";

/** A whole checkpoint on disk. */
export interface Checkpoint {
  readonly round: number;
  readonly dir: string;
  readonly bytes: number;
}

/** Which checkpoints outlive a new one. */
export interface Retention {
  /** The newest so many stay. */
  readonly last: number;
  /** The checkpoints of these rounds stay for ever. */
  readonly always: readonly number[];
}

// A checkpoint has its plain name (000050) exactly while it is whole. These hold what is not, and are removed at a start.
const partialSuffix = ".partial";
const removedSuffix = ".removed";

/** All whole checkpoints, oldest round first. */
export async function listCheckpoints(fs: FileSystem, dir: string): Promise<Checkpoint[]> {
  const checkpoints: Checkpoint[] = [];
  for (const round of await checkpointRounds(fs, dir)) {
    const folder = layout.checkpoint(dir, round);
    const sizes = (await walk(fs, folder)).files.map((file) => fs.size(join(folder, file)));
    checkpoints.push({ round, dir: folder, bytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) });
  }
  return checkpoints;
}

/** The rounds that have a whole checkpoint, ascending. */
export async function checkpointRounds(fs: FileSystem, dir: string): Promise<number[]> {
  const entries = await orIfMissing(fs.list(layout.checkpoints(dir)), []);
  return entries
    .map(({ name }) => roundOfName(name))
    .filter((round) => round !== undefined)
    .sort((a, b) => a - b);
}

/** The checkpoint of a round. @throws SparringError `store/unknown-checkpoint`, naming those there are */
export async function findCheckpoint(fs: FileSystem, dir: string, round: number): Promise<Checkpoint> {
  const checkpoints = await listCheckpoints(fs, dir);
  const found = checkpoints.find((checkpoint) => checkpoint.round === round);
  if (found) return found;
  const rounds = checkpoints.map((checkpoint) => checkpoint.round);
  throw new SparringError(
    "store/unknown-checkpoint",
    `There is no checkpoint of round ${round}.`,
    rounds.length > 0 ? `Choose one of these rounds: ${rounds.join(", ")}.` : "This run has no checkpoints yet.",
    { place: layout.checkpoints(dir) },
  );
}

/**
 * Writes a checkpoint through `write`, which fills an empty folder; replaces one of the same round. It is listed, durable
 * and whole once this resolves, and not listed at all before.
 */
export async function writeCheckpoint(
  fs: FileSystem,
  dir: string,
  round: number,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = layout.checkpoint(dir, round);
  const partial = folder + partialSuffix;
  await removeTree(fs, partial);
  await fs.makeFolder(partial);
  try {
    await write(partial);
  } catch (error) {
    throw fileError(error, partial, "write");
  }
  await flushTree(fs, partial);
  if ((await checkpointRounds(fs, dir)).includes(round)) await removeCheckpoint(fs, dir, round);
  await fs.rename(partial, folder);
  await fs.syncFolder(layout.checkpoints(dir));
}

/**
 * Removes the checkpoints that `keep` does not name. That of a round after `finished` stays and counts for nothing: after a
 * crash it would go, and an older one must still be there.
 * @returns the removed rounds
 */
export async function retainCheckpoints(
  fs: FileSystem,
  dir: string,
  keep: Retention,
  finished: number,
): Promise<number[]> {
  const rounds = (await checkpointRounds(fs, dir)).filter((round) => round <= finished);
  const newest = rounds.slice(Math.max(0, rounds.length - keep.last));
  const removed = rounds.filter((round) => !newest.includes(round) && !keep.always.includes(round));
  for (const round of removed) await removeCheckpoint(fs, dir, round);
  return removed;
}

/** Removes a checkpoint: its name first, durably, so that half of it is never taken for the whole. */
export async function removeCheckpoint(fs: FileSystem, dir: string, round: number): Promise<void> {
  const folder = layout.checkpoint(dir, round);
  const removed = folder + removedSuffix;
  await removeTree(fs, removed);
  await fs.rename(folder, removed);
  await fs.syncFolder(layout.checkpoints(dir));
  await removeTree(fs, removed);
}

/** Removes what an interrupted write or removal left. */
export async function removeCheckpointLeftovers(fs: FileSystem, dir: string): Promise<void> {
  const checkpoints = layout.checkpoints(dir);
  for (const { name } of await fs.list(checkpoints)) {
    if (name.endsWith(partialSuffix) || name.endsWith(removedSuffix)) await removeTree(fs, join(checkpoints, name));
  }
}
