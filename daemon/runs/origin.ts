import { copyFile, link, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SparringError } from "../errors.ts";
import { nodeFileSystem } from "../store/fs.ts";
import { layout } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { flushTree, walk } from "../store/tree.ts";
import { hashTree } from "../store/tree-hash.ts";

/** A finished round's state on disk. */
export interface SavedState {
  readonly round: number;
  readonly dir: string;
}

/** Where a fork keeps the state that it starts from until that is its own first snapshot. */
export function originOf(store: Store, fork: string): string {
  return join(store.dir(fork), "origin");
}

/** A recovery slot may be written anew while it is looked at; then the newest round is another one, and that is taken. */
const attempts = 5;

/**
 * Keeps the state of a run at a round for a fork of it: from a checkpoint, or from the recovery slot if it is the last round.
 * The parent may go on training meanwhile, remove the checkpoint or be gone when the fork starts: files are linked
 * (the store never changes a file, it writes new ones) or copied, and the slot's hash proves them whole.
 * @param round the newest there is, if left out
 * @param dir   is made anew
 * @throws SparringError `store/unknown-run`, `store/unknown-checkpoint` (naming those there are)
 */
export async function keepOrigin(
  store: Store,
  parent: string,
  round: number | undefined,
  dir: string,
): Promise<SavedState> {
  const checkpoints = await store.listCheckpoints(parent);
  const checkpoint = checkpoints.find((each) => each.round === round);
  if (checkpoint && (await keep(checkpoint.dir, dir))) return { round: checkpoint.round, dir };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const last = (await store.readRounds(parent)).at(-1);
    if (!last?.recovery || (round !== undefined && last.round !== round)) break;
    const slot = layout.slot(store.dir(parent), last.recovery.slot);
    if ((await keep(slot, dir)) && (await hashTree(nodeFileSystem, dir)) === last.recovery.hash) {
      return { round: last.round, dir };
    }
  }
  await rm(dir, { recursive: true, force: true });
  const newest = checkpoints.at(-1);
  if (round === undefined && newest) return keepOrigin(store, parent, newest.round, dir);
  if (round !== undefined) await store.findCheckpoint(parent, round);
  throw new SparringError(
    "run/nothing-to-fork",
    `Run "${parent}" has no saved state yet.`,
    "Wait for its first round to finish, then fork.",
    { place: store.dir(parent) },
  );
}

/**
 * Makes a folder anew with the files of another: links to them, since the store never changes a file, or copies where the file
 * system has no links. Not flushed.
 */
export async function linkTree(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const { files, folders } = await walk(nodeFileSystem, from);
  for (const folder of folders) await mkdir(join(to, folder));
  for (const file of files) {
    await link(join(from, file), join(to, file)).catch(() => copyFile(join(from, file), join(to, file)));
  }
}

/** Keeps a folder durably. @returns false where the folder vanished meanwhile */
async function keep(from: string, to: string): Promise<boolean> {
  try {
    await linkTree(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  await flushTree(nodeFileSystem, to);
  return true;
}
