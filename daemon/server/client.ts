import {
  type CancellationToken,
  createMessageConnection,
  type Message,
  type MessageConnection,
  NullLogger,
  type RequestMessage,
} from "vscode-jsonrpc/node";
import { createConnection, type WatchDog } from "vscode-languageserver";
import type { WebSocket } from "ws";
import { AbortedError, type SparringError } from "../errors.ts";
import { type NotificationMethod, type NotificationParamsOf, notifications } from "../protocol.ts";
import { MalformedMessage } from "../wire/message.ts";
import { toResponseError } from "../wire/problems.ts";
import { SocketReader, SocketWriter } from "../wire/transport.ts";
import { Intake } from "./intake.ts";
import { type LanguageSources, Languages } from "./languages.ts";
import type { Log } from "./log.ts";

/** A connection that has not said hello by then is closed, milliseconds. */
const helloTimeoutMs = 10_000;
/** A client that leaves more than this unread is cut off, bytes. */
const maxUnreadBytes = 64 * 1024 * 1024;

/** Codes of RFC 6455 that a socket is closed with. */
const closeCodes = { normal: 1000, goingAway: 1001, policy: 1008 } as const;

export interface ClientOptions {
  readonly version: string;
  readonly log: Log;
  readonly languages: LanguageSources;
  /** Notes why a client was cut off. */
  readonly cutOff: (why: string) => void;
  /** Answers a request. What it throws becomes the error. */
  readonly answer: (client: Client, method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;
}

/** One admitted socket: JSON-RPC with Sparring's verbs, and LSP, on it. */
export class Client {
  /** Who it says it is; undefined before its hello. */
  hello: { readonly name: string; readonly isCompatible: boolean } | undefined;
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #options: ClientOptions;
  readonly #connection: MessageConnection;
  readonly #writer: SocketWriter;
  readonly #languages: Languages;
  /** Requests under way, to be given up when the client goes. */
  readonly #running = new Set<AbortController>();
  #unansweredPings = 0;

  constructor(socket: WebSocket, options: ClientOptions) {
    this.#socket = socket;
    this.#options = options;
    const intake = new Intake({
      saidHello: () => this.hello !== undefined,
      refuse: (request, why) => this.#refuse(request, why),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    });
    const reader = new SocketReader(socket, (message) => intake.enter(message));
    this.#writer = new ClientWriter(socket, intake, () => this.#cutOff("unread answers"));
    reader.onError((error) => this.#refuseFrame(error));
    this.#connection = createMessageConnection(reader, this.#writer, NullLogger, {
      messageStrategy: {
        handleMessage: (message, next) => {
          intake.dispatched(message);
          return next(message);
        },
      },
    });
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.#languages = this.#listen();
    this.#watchSocket();
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends a notification, if this client knows it; one to a client that is leaving is lost, as it may be. */
  tell<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void {
    if (!this.hello || !(this.hello.isCompatible || "core" in notifications[method])) return;
    this.#writer.write({ jsonrpc: "2.0", method, params } as Message).catch(() => {});
  }

  /** Asks whether the client is still there; cut off where it left the last two questions open. */
  ping(): void {
    if (this.#unansweredPings >= 2) this.#cutOff("pings without an answer");
    else {
      this.#unansweredPings++;
      this.#socket.ping();
    }
  }

  /** Ends the connection because the daemon ends. */
  leave(): void {
    this.#socket.close(closeCodes.goingAway, "The daemon has ended.");
  }

  /** Ends the connection at once, without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** Ratings changed, and an editor may show some of them. */
  refreshLanguages(): void {
    this.#languages.refresh();
  }

  #listen(): Languages {
    const { version, answer, log } = this.#options;
    // The watch-dog of vscode-languageserver/node would end this process, and every run in it, when one client leaves.
    const watchDog: WatchDog = {
      shutdownReceived: false,
      initialize: () => {},
      exit: () => this.#socket.close(closeCodes.normal),
    };
    const connection = createConnection(() => this.#connection, watchDog);
    const languages = new Languages(connection, {
      version,
      sources: this.#options.languages,
      isCompatible: () => this.hello?.isCompatible,
      send: (message) => void this.#writer.write(message as Message).catch(() => {}),
      report: (what, bug) => log("error", `${what} failed: ${stackOf(bug)}`),
    });
    connection.onRequest(async (method: string, params: unknown, token: CancellationToken) => {
      const controller = new AbortController();
      const subscription = token.onCancellationRequested(() => controller.abort());
      this.#running.add(controller);
      try {
        // Cancelled while it waited for its turn.
        if (token.isCancellationRequested) throw new AbortedError(method);
        return await answer(this, method, params, controller.signal);
      } catch (error) {
        return toResponseError(error, (bug) => log("error", `${method} failed: ${stackOf(bug)}`));
      } finally {
        subscription.dispose();
        this.#running.delete(controller);
      }
    });
    connection.listen();
    return languages;
  }

  #watchSocket(): void {
    const socket = this.#socket;
    const tooLate = setTimeout(() => {
      if (!this.hello) this.#cutOff("no hello");
    }, helloTimeoutMs);
    socket.on("pong", () => {
      this.#unansweredPings = 0;
    });
    // Of a connection that breaks, and of a frame that ws refuses (too long, say); a close follows.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith("WS_ERR_")) this.#options.cutOff("a frame against the rules");
    });
    socket.once("close", () => {
      clearTimeout(tooLate);
      for (const controller of this.#running) controller.abort();
      this.#languages.close();
      this.#connection.dispose();
    });
  }

  #refuse(request: RequestMessage, why: SparringError): void {
    const { code, message, data } = toResponseError(why, () => {});
    const response = { jsonrpc: "2.0", id: request.id, error: { code, message, data } };
    this.#writer.write(response as Message).catch(() => {});
  }

  /** A frame that is no message: says so in JSON-RPC's words, and ends the connection. */
  #refuseFrame(error: Error): void {
    if (!(error instanceof MalformedMessage)) throw error;
    this.#options.cutOff("a malformed message");
    const message = `This frame was refused: ${error.message}.`;
    this.#writer.write({ jsonrpc: "2.0", id: null, error: { code: -32600, message } } as Message).catch(() => {});
    this.#socket.close(closeCodes.policy, "malformed message");
  }

  #cutOff(why: string): void {
    this.#options.cutOff(why);
    this.#socket.terminate();
  }
}

/** Tells the intake of answered requests, and gives up on a client that does not read. */
class ClientWriter extends SocketWriter {
  readonly #intake: Intake;
  readonly #giveUp: () => void;
  readonly #bufferedBytes: () => number;

  constructor(socket: WebSocket, intake: Intake, giveUp: () => void) {
    super(socket);
    this.#intake = intake;
    this.#giveUp = giveUp;
    this.#bufferedBytes = () => socket.bufferedAmount;
  }

  override async write(message: Message): Promise<void> {
    if (this.#bufferedBytes() > maxUnreadBytes) this.#giveUp();
    try {
      await super.write(message);
    } finally {
      if ("id" in message && !("method" in message)) this.#intake.answered(message.id as string | number | null);
    }
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
