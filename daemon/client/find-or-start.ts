import { setTimeout as sleep } from "node:timers/promises";
import { SparringError } from "../errors.ts";
import { type Discovery, discoveryFile, findDiscovery } from "../wire/discovery.ts";
import type { Program } from "../wire/program.ts";
import { type Launch, launch, type Runtime } from "./launch.ts";

/** A daemon must answer within this time after its start, milliseconds. */
const startTimeoutMs = 20_000;
const lookEveryMs = 50;

export interface FindOptions {
  /** SPARRING_HOME. */
  readonly home: string;
  /** Whether to start a daemon where none runs. */
  readonly start: boolean;
  /** The program that a daemon is started from. */
  readonly program: Program;
  /** What runs that program; the Node of this process, if left out. */
  readonly runtime?: Runtime;
}

/**
 * Finds the daemon of a home, and starts one where none runs and one may be started.
 * @param greet connects to it; undefined where nobody answers, as when that daemon is just ending
 * @throws SparringError `client/no-daemon` (and none is to be started), `client/daemon-elsewhere` (on another machine),
 *   `client/daemon-silent`, `client/daemon-not-started` (with the end of its log), `wire/discovery-not-private`
 */
export async function findOrStart<T>(
  { home, start, program, runtime }: FindOptions,
  greet: (daemon: Discovery) => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + startTimeoutMs;
  let started: Launch | undefined;
  for (;;) {
    const found = await findDiscovery(home);
    if (found.state === "elsewhere") throw elsewhere(home, found.daemon);
    const connected = found.state === "running" ? await greet(found.daemon) : undefined;
    if (connected) return connected;
    if (!start) throw found.state === "running" ? silent(found.daemon) : noDaemon(home);
    if (found.state !== "running") started ??= await launchOnce(home, program, runtime);
    const why = started?.ended();
    if (started && why !== undefined) throw await started.failure(why);
    if (performance.now() > deadline) {
      if (found.state === "running") throw silent(found.daemon);
      throw await started!.failure(`it did not answer within ${startTimeoutMs / 1000} seconds`);
    }
    await sleep(lookEveryMs);
  }
}

const launches = new Map<string, Promise<Launch>>();

/** Starts a daemon; one start of a home is in flight at a time in this process. */
function launchOnce(home: string, program: Program, runtime: Runtime | undefined): Promise<Launch> {
  const launching = launches.get(home) ?? launch(home, program, runtime).finally(() => launches.delete(home));
  launches.set(home, launching);
  return launching;
}

function noDaemon(home: string): SparringError {
  return new SparringError(
    "client/no-daemon",
    `No daemon is running for ${home}.`,
    "Start one with `sparring serve`, or start a run: that starts one too.",
    { place: home },
  );
}

function silent({ pid, port }: Discovery): SparringError {
  return new SparringError(
    "client/daemon-silent",
    `The daemon (process ${pid}) does not answer on port ${port}.`,
    `Wait until it has ended if it is ending; otherwise end it with \`kill ${pid}\` and try again.`,
  );
}

function elsewhere(home: string, { host, pid }: Discovery): SparringError {
  return new SparringError(
    "client/daemon-elsewhere",
    `The daemon of ${home} runs on the machine "${host}" (process ${pid}), and can be reached from there only.`,
    `Work there, or set SPARRING_HOME to a folder of this machine. If that daemon is surely gone, delete ${discoveryFile(home)}.`,
    { place: home },
  );
}
