import { join } from "node:path";
import { SparringError } from "../errors.ts";
import { errorCode } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import type { Processes, ProcessIdentity } from "./processes.ts";

/**
 * The writer lock of a run: an empty folder in the run's, whose name is the writer's identity.
 *
 * A writer first announces itself (makes its folder), then looks for others: if another is running, it withdraws. Of two that
 * try at once, the later to announce sees the earlier, so never do both hold it (both may withdraw). A name that holds
 * everything can't be half-written, and the folder of a dead process can be removed by anybody at any time.
 *
 * @returns what gives the lock back
 * @throws SparringError `store/locked` or `store/locked-elsewhere` (by a process of another machine)
 */
export async function acquireWriterLock(
  fs: FileSystem,
  dir: string,
  id: string,
  processes: Processes,
): Promise<() => Promise<void>> {
  const self = processes.self();
  const own = join(dir, lockName(self));
  try {
    await fs.makeFolder(own);
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw locked(id, self, own);
    throw error;
  }
  const release = (): Promise<void> => fs.removeFolder(own);
  try {
    for (const { name } of await fs.list(dir)) {
      const owner = lockOwner(name);
      const path = join(dir, name);
      if (!owner || path === own) continue;
      const state = processes.state(owner);
      if (state === "running") throw locked(id, owner, path);
      if (state === "elsewhere") throw lockedElsewhere(id, owner, path);
      await fs.removeFolder(path);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

/** The folder's name, e.g. `writer.4711.88211.b3f1c2d4-….gpu-box`. Only the last part may hold dots. */
export function lockName({ pid, startTime, bootId, host }: ProcessIdentity): string {
  return `writer.${pid}.${startTime}.${bootId}.${host}`;
}

function lockOwner(name: string): ProcessIdentity | undefined {
  const match = /^writer\.(\d+)\.([^.]*)\.([^.]*)\.(.+)$/.exec(name);
  return match ? { pid: Number(match[1]), startTime: match[2]!, bootId: match[3]!, host: match[4]! } : undefined;
}

function locked(id: string, owner: ProcessIdentity, place: string): SparringError {
  return new SparringError(
    "store/locked",
    `Run "${id}" is being written by process ${owner.pid}.`,
    "Stop the run there, or wait until it has ended: two writers would mix their rounds.",
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
