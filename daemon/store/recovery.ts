import { SparringError } from "../errors.ts";
import { fileError, orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { layout, type Slot } from "./layout.ts";
import type { RecoveryRef, RoundRecord } from "./records.ts";
import { emptyFolder, flushTree } from "./tree.ts";
import { hashTree } from "./tree-hash.ts";

/** The slot to write next: never the one that holds the newest good state. */
export function otherSlot(slot: Slot): Slot {
  return slot === "a" ? "b" : "a";
}

/**
 * Writes a snapshot into a slot: empties it, lets `saveState` fill it, makes it durable.
 * @returns the slot and the hash of what lies in it now
 */
export async function writeSlot(
  fs: FileSystem,
  dir: string,
  slot: Slot,
  saveState: (folder: string) => Promise<void>,
): Promise<RecoveryRef> {
  const folder = layout.slot(dir, slot);
  await emptyFolder(fs, folder);
  try {
    await saveState(folder);
  } catch (error) {
    throw fileError(error, folder, "write");
  }
  const [hash] = await Promise.all([hashTree(fs, folder), flushTree(fs, folder)]);
  return { slot, hash };
}

/** What the recovery slots of a run hold. */
export interface WholeSlot {
  /** The newest round whose snapshot is whole, as an index into the rounds; undefined where no round has a snapshot. */
  readonly index: number | undefined;
  /** Rounds whose snapshot should be there and is damaged or missing. */
  readonly damaged: readonly number[];
}

/**
 * Finds the newest snapshot that still has its round's hash. Only the newest round of each slot can: older ones were
 * overwritten.
 * @throws SparringError `store/recovery-damaged` where rounds have snapshots and neither slot is whole
 */
export async function findWholeSlot(fs: FileSystem, dir: string, rounds: readonly RoundRecord[]): Promise<WholeSlot> {
  const damaged: number[] = [];
  const seen = new Set<Slot>();
  for (let index = rounds.length - 1; index >= 0 && seen.size < 2; index--) {
    const { round, recovery } = rounds[index]!;
    if (!recovery || seen.has(recovery.slot)) continue;
    seen.add(recovery.slot);
    const hash = await orIfMissing(hashTree(fs, layout.slot(dir, recovery.slot)), undefined);
    if (hash === recovery.hash) return { index, damaged };
    damaged.push(round);
  }
  if (seen.size === 0) return { index: undefined, damaged };
  throw new SparringError(
    "store/recovery-damaged",
    `No recovery snapshot of this run is whole (tried round ${damaged.join(" and round ")}).`,
    "Fork from its newest checkpoint; rounds, samples and checkpoints can still be read.",
    { place: layout.recovery(dir) },
  );
}
