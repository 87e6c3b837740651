import { join } from "node:path";
import { SparringError } from "../errors.ts";
import { errorCode, orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import type { Processes, ProcessIdentity } from "./processes.ts";

/** Who holds a lock that was asked for. */
export interface LockHolder {
  readonly owner: ProcessIdentity;
  readonly state: "running" | "elsewhere";
  /** The folder that is its lock. */
  readonly path: string;
}

/**
 * A lock on a folder: an empty folder in it, whose name is the holder's identity.
 *
 * A process first announces itself (makes its folder), then looks for others: if another is running, it withdraws. Of two that
 * try at once, the later to announce sees the earlier, so never do both hold it (both may withdraw). A name that holds
 * everything can't be half-written, and the folder of a dead process can be removed by anybody at any time.
 *
 * @param kind   what is locked, the first part of the folder's name
 * @param refuse the error for a lock that is held
 * @returns what gives the lock back
 */
export async function acquireLock(
  fs: FileSystem,
  dir: string,
  kind: string,
  processes: Processes,
  refuse: (holder: LockHolder) => SparringError,
): Promise<() => Promise<void>> {
  const self = processes.self();
  const own = join(dir, lockName(self, kind));
  try {
    await fs.makeFolder(own);
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw refuse({ owner: self, state: "running", path: own });
    throw error;
  }
  // It may have been deleted together with the folder that it locks.
  const release = (): Promise<void> => orIfMissing(fs.removeFolder(own), undefined);
  try {
    for (const { name } of await fs.list(dir)) {
      const owner = lockOwner(name, kind);
      const path = join(dir, name);
      if (!owner || path === own) continue;
      const state = processes.state(owner);
      if (state !== "gone") throw refuse({ owner, state, path });
      // Two that try at once may both find the dead one's.
      await orIfMissing(fs.removeFolder(path), undefined);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

/**
 * The lock of a run's one writer.
 * @throws SparringError `store/locked` or `store/locked-elsewhere` (by a process of another machine)
 */
export function acquireWriterLock(
  fs: FileSystem,
  dir: string,
  id: string,
  processes: Processes,
): Promise<() => Promise<void>> {
  return acquireLock(fs, dir, "writer", processes, ({ owner, state, path }) =>
    state === "running" ? locked(id, owner, path) : lockedElsewhere(id, owner, path),
  );
}

/** The folder's name, e.g. `writer.4711.88211.b3f1c2d4-….gpu-box`. Only the last part may hold dots. */
export function lockName({ pid, startTime, bootId, host }: ProcessIdentity, kind = "writer"): string {
  return `${kind}.${pid}.${startTime}.${bootId}.${host}`;
}

function lockOwner(name: string, kind: string): ProcessIdentity | undefined {
  const match = /^([a-z]+)\.(\d+)\.([^.]*)\.([^.]*)\.(.+)$/.exec(name);
  if (match?.[1] !== kind) return undefined;
  return { pid: Number(match[2]), startTime: match[3]!, bootId: match[4]!, host: match[5]! };
}

function locked(id: string, owner: ProcessIdentity, place: string): SparringError {
  return new SparringError(
    "store/locked",
    `Run "${id}" is being written by process ${owner.pid}.`,
    `Wait until it has ended, or end it with \`kill ${owner.pid}\`: two writers would mix their rounds.`,
    { place },
  );
}

function lockedElsewhere(id: string, owner: ProcessIdentity, place: string): SparringError {
  return new SparringError(
    "store/locked-elsewhere",
    `Run "${id}" is being written by process ${owner.pid} on the machine "${owner.host}".`,
    `Stop the run there. If that process is surely gone, delete the folder ${place}.`,
    { place },
  );
}
