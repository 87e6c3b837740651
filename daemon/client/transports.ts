import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  Message,
  type MessageReader,
  type MessageWriter,
} from "vscode-jsonrpc/node";
import type { WebSocket } from "ws";
import { protocolVersion, type ResultOf, requests } from "../protocol.ts";
import type { Discovery } from "../wire/discovery.ts";
import { openSocket } from "../wire/socket.ts";
import { SocketReader, SocketWriter } from "../wire/transport.ts";
import { findOrStart } from "./find-or-start.ts";
import { type ReachOptions, reach } from "./reach.ts";

/** A socket that has said hello, for a JSON-RPC library of another owner: an editor's language client. */
export interface Transports {
  readonly hello: ResultOf<"sparring/hello">;
  /** As in `DaemonClient`. */
  readonly notice: string | undefined;
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Resolves when the socket has closed, with its code (RFC 6455) and the reason as a sentence. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

/**
 * Connects as `reach` does, and hands out reader and writer instead of a client.
 * @throws SparringError as `findOrStart`
 */
export async function reachTransports(options: ReachOptions): Promise<Transports> {
  const client = await reach(options);
  client.close();
  const { notice } = client;
  return findOrStart({ ...options, start: false }, (daemon) => greet(daemon, options.client, notice));
}

/** Opens a socket and says hello; undefined where nobody answers. */
async function greet(
  daemon: Discovery,
  client: ReachOptions["client"],
  notice: string | undefined,
): Promise<Transports | undefined> {
  const socket = await openSocket(daemon).catch(() => undefined);
  if (!socket) return undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code: number, reason: Buffer) =>
      resolve({ code, reason: reason.length > 0 ? reason.toString() : `The connection broke (code ${code}).` }),
    );
  });
  const reader = new HeldReader(socket);
  const writer = new SocketWriter(socket);
  const params = { protocol: protocolVersion, client };
  await writer.write({ jsonrpc: "2.0", id: 0, method: "sparring/hello", params } as Message).catch(() => {});
  const answer = await Promise.race([reader.first, closed.then(() => undefined)]);
  const hello = requests["sparring/hello"].result.safeParse(answer && Message.isResponse(answer) && answer.result);
  if (!hello.success) {
    socket.terminate();
    return undefined;
  }
  return { hello: hello.data, notice, reader, writer, closed, close: () => socket.close() };
}

/** Reads the first message by itself, and keeps what follows until somebody listens. */
class HeldReader extends AbstractMessageReader implements MessageReader {
  readonly first: Promise<Message>;
  readonly #held: Message[] = [];
  #callback: DataCallback | undefined;

  constructor(socket: WebSocket) {
    super();
    const reader = new SocketReader(socket);
    reader.onClose(() => this.fireClose());
    reader.onError((error) => {
      this.fireError(error);
      socket.terminate();
    });
    this.first = new Promise((resolve) => {
      let take = (message: Message): void => {
        resolve(message);
        take = (later) => (this.#callback ? this.#callback(later) : void this.#held.push(later));
      };
      reader.listen((message) => take(message));
    });
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    for (const message of this.#held.splice(0)) callback(message);
    return { dispose: () => (this.#callback = undefined) };
  }
}
