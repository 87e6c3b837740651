import { Supervisor } from "../runs/control/supervisor.ts";
import { ensureHome } from "../store/home.ts";
import { systemProcesses } from "../store/processes.ts";
import { TrustedFolders } from "../store/trust.ts";
import { ownProgram } from "../wire/own-program.ts";
import { Daemon } from "./daemon.ts";
import { endOfBackground } from "./endings.ts";
import { acquireHome } from "./home-lock.ts";
import { Keys } from "./keys.ts";
import { fileLog, logFile, streamLog } from "./log.ts";
import { endingSignals } from "./signals.ts";

export interface ServeOptions {
  /** SPARRING_HOME. */
  readonly home: string;
  /** Started by a client: writes to a log file, and ends by itself when nobody needs it. */
  readonly background: boolean;
  readonly version: string;
}

/**
 * Runs a daemon until it is asked to end, by a client or a signal: then active runs are interrupted, and can be resumed after
 * their last finished round.
 * @returns the exit code
 * @throws SparringError `server/already-running`, `server/home-in-use`, `server/home-in-use-elsewhere`, and of the store
 */
export async function serve({ home, background, version }: ServeOptions): Promise<number> {
  await ensureHome(home);
  const log = background ? fileLog(home) : streamLog(process.stderr);
  const signals = endingSignals();
  const closings: (() => Promise<void>)[] = [async () => signals.release()];
  try {
    closings.push(await acquireHome(home));
    const keys = new Keys();
    const runs = await Supervisor.open({ home, log, keyFor: (url) => keys.keyFor(url) });
    closings.push(() => runs.close());
    const daemon = await Daemon.open({
      home,
      version,
      build: ownProgram().build,
      identity: systemProcesses.self(),
      runs,
      trust: await TrustedFolders.open(home),
      keys,
      log,
      logFile: background ? logFile(home) : null,
    });
    closings.push(() => daemon.close());
    const { discovery } = daemon;
    log("info", `Sparring ${version} serves ${home} on 127.0.0.1:${discovery.port} (process ${discovery.pid}).`);
    const isBusy = (): boolean => daemon.clients > 0 || runs.activeRuns().length > 0;
    const unneeded = background ? endOfBackground({ home, discovery, isBusy }) : undefined;
    const reasons = [signals.reason, daemon.wantsToEnd, ...(unneeded ? [unneeded.reason] : [])];
    log("info", `Ending: ${await Promise.race(reasons)}.`);
    unneeded?.cancel();
  } catch (error) {
    // Nobody else sees what a background daemon ends with.
    if (background) log("error", error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    for (const close of closings.reverse()) {
      // One that fails (its home was deleted, say) does not keep the others from ending.
      await close().catch((error: unknown) => log("error", `while ending: ${error}`));
    }
  }
  return 0;
}
