import { setTimeout as sleep } from "node:timers/promises";
import { SparringError } from "../errors.ts";
import { withClearErrors } from "../store/file-errors.ts";
import { nodeFileSystem } from "../store/fs.ts";
import { acquireLock, type LockHolder } from "../store/lock.ts";
import { type Processes, systemProcesses } from "../store/processes.ts";
import { type Discovery, findDiscovery } from "../wire/discovery.ts";
import { openSocket } from "../wire/socket.ts";

/** Another daemon has this long to answer, or to end, milliseconds. */
const patienceMs = 20_000;
/** Of two that withdrew for each other, the one that tries again sooner wins; they wait a random time up to this, milliseconds. */
const maxWaitMs = 200;

/**
 * Takes the home for this process. Of two daemons that try at once both may withdraw, so it tries again until it holds the
 * home, or finds a daemon there that answers.
 * @returns what gives the home back
 * @throws SparringError `server/already-running`, `server/home-in-use` (by a process that does not answer),
 *   `server/home-in-use-elsewhere` (by another machine)
 */
export async function acquireHome(
  home: string,
  { processes = systemProcesses, patience = patienceMs }: { processes?: Processes; patience?: number } = {},
): Promise<() => Promise<void>> {
  const fs = withClearErrors(nodeFileSystem);
  const deadline = performance.now() + patience;
  for (;;) {
    let holder: LockHolder | undefined;
    try {
      return await acquireLock(fs, home, "daemon", processes, (found) => {
        holder = found;
        return found.state === "elsewhere" ? inUseElsewhere(home, found) : inUse(home, found);
      });
    } catch (error) {
      if (holder?.state !== "running") throw error;
      const found = await findDiscovery(home, processes);
      if (found.state === "running" && (await answers(found.daemon))) throw alreadyRunning(home, found.daemon);
      if (performance.now() > deadline) throw error;
    }
    await sleep(Math.random() * maxWaitMs);
  }
}

async function answers(daemon: Discovery): Promise<boolean> {
  try {
    const socket = await openSocket(daemon);
    // It is paused, and would wait long for the other side's good-bye.
    socket.terminate();
    return true;
  } catch {
    return false;
  }
}

function alreadyRunning(home: string, { pid, version }: Discovery): SparringError {
  return new SparringError(
    "server/already-running",
    `A daemon is running for ${home} already: process ${pid}, Sparring ${version}.`,
    "Use that one, or end it first with `sparring serve --stop`.",
    { place: home },
  );
}

function inUse(home: string, { owner, path }: LockHolder): SparringError {
  return new SparringError(
    "server/home-in-use",
    `Process ${owner.pid} holds ${home}, and does not answer.`,
    `Wait until it has ended, or end it with \`kill ${owner.pid}\`.`,
    { place: path },
  );
}

function inUseElsewhere(home: string, { owner, path }: LockHolder): SparringError {
  return new SparringError(
    "server/home-in-use-elsewhere",
    `A daemon on the machine "${owner.host}" (process ${owner.pid}) uses ${home}.`,
    `Work there, or set SPARRING_HOME to a folder of this machine. If that process is surely gone, delete the folder ${path}.`,
    { place: path },
  );
}
