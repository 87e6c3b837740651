import { CancellationTokenSource, createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import { WebSocket } from "ws";
import { AbortedError, SparringError } from "../errors.ts";
import {
  type Method,
  type NotificationMethod,
  type NotificationParamsOf,
  type ParamsOf,
  protocolVersion,
  type ResultOf,
} from "../protocol.ts";
import { fromResponseError } from "../wire/problems.ts";
import { SocketReader, SocketWriter } from "../wire/transport.ts";
import { validAnswer, validNotification } from "./validate.ts";

/** A connection to a daemon that has answered hello. */
export interface DaemonClient {
  readonly hello: ResultOf<"sparring/hello">;
  /** What the user should know about this daemon: that it is of another build or protocol than this program. */
  readonly notice: string | undefined;
  /**
   * Asks the daemon.
   * @throws SparringError what the daemon threw, with its `problems` where it has several; `client/disconnected` when the
   *   connection ends before the answer, `client/bad-answer` for an answer that is not as the protocol says
   * @throws AbortedError once a cancelled request has ended
   */
  request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ResultOf<M>>;
  /** Listens to a notification. @returns what ends the listening */
  on<M extends NotificationMethod>(method: M, listener: (params: NotificationParamsOf<M>) => void): () => void;
  /** Resolves when the connection has ended, with the reason as a sentence. */
  readonly closed: Promise<string>;
  close(): void;
}

type Listener = (params: never) => void;

/** The client's side of an open socket. */
export class SocketClient {
  readonly closed: Promise<string>;
  readonly #socket: WebSocket;
  readonly #connection: MessageConnection;
  readonly #listeners = new Map<NotificationMethod, Set<Listener>>();
  #ending: string | undefined;
  /** See `validAnswer`. */
  #isForeign = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    const reader = new SocketReader(socket);
    reader.onError(() => this.#end("The daemon sent something that is not a message."));
    this.#connection = createMessageConnection(reader, new SocketWriter(socket));
    this.#connection.onNotification((method: string, params: unknown) => this.#notify(method, params));
    this.closed = new Promise((resolve) => {
      socket.once("close", (code: number, reason: Buffer) => {
        this.#ending ??= reason.length > 0 ? reason.toString() : `The connection broke (code ${code}).`;
        this.#connection.dispose();
        resolve(this.#ending);
      });
    });
    this.#connection.listen();
  }

  /** The first request. @throws SparringError as `DaemonClient.request` */
  async hello(client: { readonly name: string; readonly version: string }): Promise<ResultOf<"sparring/hello">> {
    const hello = await this.request("sparring/hello", { protocol: protocolVersion, client });
    this.#isForeign = !hello.compatible;
    return hello;
  }

  /** See `DaemonClient.request`. */
  async request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<ResultOf<M>> {
    if (signal?.aborted) throw new AbortedError(method);
    if (this.#socket.readyState !== WebSocket.OPEN) throw this.#disconnected(method);
    const cancellation = new CancellationTokenSource();
    const cancel = (): void => cancellation.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    let answer: unknown;
    try {
      answer = await this.#connection.sendRequest(method, params, cancellation.token);
    } catch (error) {
      if (this.#socket.readyState !== WebSocket.OPEN) throw this.#disconnected(method);
      throw fromResponseError(error);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
    return validAnswer(method, answer, this.#isForeign);
  }

  /** See `DaemonClient.on`. */
  on<M extends NotificationMethod>(method: M, listener: (params: NotificationParamsOf<M>) => void): () => void {
    const listeners = this.#listeners.get(method) ?? new Set();
    this.#listeners.set(method, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  close(): void {
    this.#ending ??= "This program closed the connection.";
    this.#socket.close();
  }

  #end(why: string): void {
    this.#ending ??= why;
    this.#socket.terminate();
  }

  #notify(method: string, params: unknown): void {
    const told = validNotification(method, params, this.#isForeign);
    if (!told) return;
    for (const listener of this.#listeners.get(told.method) ?? []) listener(told.params as never);
  }

  #disconnected(method: Method): SparringError {
    return new SparringError(
      "client/disconnected",
      `The connection to the daemon ended before it had answered (${method}): ${this.#ending ?? "it is closing."}`,
      "Run the command again. Finished rounds are safe, and a run that was cut off goes on with `sparring resume`.",
    );
  }
}
