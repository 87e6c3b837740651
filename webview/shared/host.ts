import type { NotificationMethod, Problem } from "../../daemon/protocol.ts";
import type { ConnectionState, FromHost, Host, ToHost } from "./messages.ts";

/** What VS Code gives a webview's script, once. */
interface EditorApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

/** A request that was refused or failed: code, sentence and next step are the daemon's or the editor's. */
export class AskError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = "AskError";
    this.problem = problem;
  }
}

/** A thrown value as something to read; what is not an `AskError` is a bug of the panel. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AskError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "panel/bug",
    message: `The panel failed: ${message}`,
    next: "Close the panel and open it again; please report this.",
  };
}

/** Whether the editor reaches the daemon, and why not. */
export interface Connection {
  readonly state: ConnectionState;
  readonly why?: string;
}

export type OpenMessage = Extract<FromHost, { readonly type: "open" }>;

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The host over `postMessage`. The editor has validated what the daemon sent, and nobody else can post into a webview, so
 * messages are taken by their type. `onOpen` is called for the first `open` and for each later one.
 * A request rejects with `AskError`, or with the signal's reason once that is aborted.
 */
export function connectHost(onOpen: (message: OpenMessage) => void): Host {
  const editor = acquireVsCodeApi();
  const pending = new Map<number, Pending>();
  const listeners = new Map<NotificationMethod, Set<(params: never) => void>>();
  const connectionListeners = new Set<(state: ConnectionState, why: string | undefined) => void>();
  let connection: Connection = { state: "connecting" };
  let lastId = 0;

  const settle = (id: number, how: (pending: Pending) => void): void => {
    const request = pending.get(id);
    pending.delete(id);
    if (request) how(request);
  };

  const receive = (message: FromHost): void => {
    switch (message.type) {
      case "open":
        onOpen(message);
        break;
      case "connection":
        connection = { state: message.state, why: message.why };
        for (const listener of connectionListeners) listener(message.state, message.why);
        break;
      case "answer":
        settle(message.id, ({ resolve }) => resolve(message.result as never));
        break;
      case "failure":
        settle(message.id, ({ reject }) => reject(new AskError(message.problem)));
        break;
      case "told":
        for (const listener of listeners.get(message.method) ?? []) listener(message.params as never);
    }
  };
  window.addEventListener("message", (event: MessageEvent<FromHost>) => receive(event.data));

  const host: Host = {
    ask: (method, params, { signal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const id = ++lastId;
        pending.set(id, { resolve, reject });
        signal?.addEventListener("abort", () =>
          settle(id, () => {
            editor.postMessage({ type: "cancel", id });
            reject(signal.reason);
          }),
        );
        editor.postMessage({ type: "ask", id, method, params });
      }),
    run: (command, args) => editor.postMessage({ type: "command", command, args }),
    watch: (run) => editor.postMessage({ type: "watch", run }),
    setTitle: (title) => editor.postMessage({ type: "title", title }),
    on: (method, listener) => {
      const all = listeners.get(method) ?? new Set();
      listeners.set(method, all.add(listener));
      return () => all.delete(listener);
    },
    onConnection: (listener) => {
      connectionListeners.add(listener);
      listener(connection.state, connection.why);
      return () => connectionListeners.delete(listener);
    },
    state: { get: () => editor.getState(), set: (state) => editor.setState(state) },
  };
  editor.postMessage({ type: "ready" });
  return host;
}
