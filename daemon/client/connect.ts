import { setTimeout as sleep } from "node:timers/promises";
import { SparringError } from "../errors.ts";
import { type Discovery, discoveryFile, findDiscovery } from "../wire/discovery.ts";
import { ownProgram, type Program } from "../wire/program.ts";
import { openSocket } from "../wire/socket.ts";
import { type DaemonClient, SocketClient } from "./client.ts";
import { type Launch, launch } from "./launch.ts";

/** A daemon must answer within this time after its start, milliseconds. */
const startTimeoutMs = 20_000;
const lookEveryMs = 50;

export interface ConnectOptions {
  /** SPARRING_HOME. */
  readonly home: string;
  /** Who connects, for the daemon's log. */
  readonly client: { readonly name: string; readonly version: string };
  /** Whether to start a daemon where none runs, and to replace an idle one of another build. */
  readonly start: boolean;
  /** The program that a daemon is started from; this one, if left out. */
  readonly program?: Program;
}

/**
 * Connects to the daemon of a home.
 * @throws SparringError `client/no-daemon` (and none is to be started), `client/daemon-elsewhere` (on another machine),
 *   `client/daemon-silent`, `client/daemon-not-started` (with the end of its log), `wire/discovery-not-private`
 */
export async function connect(options: ConnectOptions): Promise<DaemonClient> {
  const program = options.program ?? ownProgram();
  const client = await connectOnce(options, program);
  if (client.hello.build === program.build) return client;
  if (options.start && (await hasEnded(client))) return connectOnce(options, program);
  return client;
}

async function connectOnce({ home, client, start }: ConnectOptions, program: Program): Promise<DaemonClient> {
  const deadline = performance.now() + startTimeoutMs;
  let started: Launch | undefined;
  for (;;) {
    const found = await findDiscovery(home);
    if (found.state === "elsewhere") throw elsewhere(home, found.daemon);
    const connected = found.state === "running" ? await greet(found.daemon, client, program) : undefined;
    if (connected) return connected;
    if (!start) throw found.state === "running" ? silent(found.daemon) : noDaemon(home);
    if (found.state !== "running") started ??= await launchOnce(home, program);
    const why = started?.ended();
    if (started && why !== undefined) throw await started.failure(why);
    if (performance.now() > deadline) {
      if (found.state === "running") throw silent(found.daemon);
      throw await started!.failure(`it did not answer within ${startTimeoutMs / 1000} seconds`);
    }
    await sleep(lookEveryMs);
  }
}

/** Connects and says hello; undefined where nobody answers, as when that daemon is just ending. */
async function greet(
  daemon: Discovery,
  who: ConnectOptions["client"],
  program: Program,
): Promise<DaemonClient | undefined> {
  const socket = await openSocket(daemon).catch(() => undefined);
  if (!socket) return undefined;
  const client = new SocketClient(socket);
  try {
    const hello = await client.hello(who);
    const { closed } = client;
    return {
      hello,
      notice: noticeOf(hello, program),
      closed,
      request: client.request.bind(client),
      on: client.on.bind(client),
      close: client.close.bind(client),
    };
  } catch (error) {
    client.close();
    if (error instanceof SparringError && error.code === "client/disconnected") return undefined;
    throw error;
  }
}

const launches = new Map<string, Promise<Launch>>();

/** Starts a daemon; one start of a home is in flight at a time in this process. */
function launchOnce(home: string, program: Program): Promise<Launch> {
  const launching = launches.get(home) ?? launch(home, program).finally(() => launches.delete(home));
  launches.set(home, launching);
  return launching;
}

/** Ends a daemon of another build, if nobody needs it. @returns whether it has ended */
async function hasEnded(client: DaemonClient): Promise<boolean> {
  if (!client.hello.compatible) return false;
  const { clients } = await client.request("sparring/daemon/status", {});
  if (clients > 1) return false;
  try {
    await client.request("sparring/daemon/shutdown", {});
  } catch (error) {
    if (error instanceof SparringError && error.code === "server/runs-active") return false;
    throw error;
  }
  await client.closed;
  return true;
}

function noticeOf({ compatible, build, version }: DaemonClient["hello"], program: Program): string | undefined {
  if (!compatible) {
    return `The daemon (Sparring ${version}) speaks another version of the protocol: runs can be listed, watched, paused, resumed and stopped, and nothing else.`;
  }
  if (build === program.build) return undefined;
  return `The daemon (Sparring ${version}, build ${build}) is of another build than this program (${program.build}). It is replaced once it has neither active runs nor other clients.`;
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
