import { SparringError } from "../errors.ts";
import type { Discovery } from "../wire/discovery.ts";
import type { Program } from "../wire/program.ts";
import { openSocket } from "../wire/socket.ts";
import { type DaemonClient, SocketClient } from "./client.ts";
import { type FindOptions, findOrStart } from "./find-or-start.ts";

export interface ReachOptions extends FindOptions {
  /** Who connects, for the daemon's log. */
  readonly client: { readonly name: string; readonly version: string };
}

/**
 * Connects to the daemon of a home. Where one may be started, an idle one of another build than `program` is replaced.
 * @throws SparringError as `findOrStart`
 */
export async function reach(options: ReachOptions): Promise<DaemonClient> {
  const { program } = options;
  const connectOnce = () => findOrStart(options, (daemon) => greet(daemon, options.client, program));
  const client = await connectOnce();
  if (client.hello.build === program.build) return client;
  if (options.start && (await hasEnded(client))) return connectOnce();
  return client;
}

/** Connects and says hello; undefined where nobody answers, as when that daemon is just ending. */
async function greet(
  daemon: Discovery,
  who: ReachOptions["client"],
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
