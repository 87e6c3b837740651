import { AbortedError, SparringError } from "../../daemon/errors.ts";
import type { Method, NotificationMethod, NotificationParamsOf, ParamsOf, ResultOf } from "../../daemon/protocol.ts";
import type { ConnectionState } from "../../webview/shared/messages.ts";
import { Emitter } from "../emitter.ts";

/** One connection that has said hello; a new one is opened when it ends. */
export interface Link {
  readonly hello: ResultOf<"sparring/hello">;
  /** As in `DaemonClient`. */
  readonly notice: string | undefined;
  /** Sends a request. @throws SparringError what the daemon threw, `client/bad-answer` @throws AbortedError as `Daemon.request` */
  request<M extends Method>(method: M, params: ParamsOf<M>, signal: AbortSignal | undefined): Promise<ResultOf<M>>;
  /** Called with every notification of Sparring. */
  listen(listener: (told: Told) => void): void;
  readonly closed: Promise<Closed>;
  close(): Promise<void>;
}

/** A notification, as the protocol says it is. */
export interface Told {
  readonly method: NotificationMethod;
  readonly params: unknown;
}

/** How a connection ended. `isMeant`: the daemon was told to end, so nobody starts it again unasked. */
export interface Closed {
  readonly reason: string;
  readonly isMeant: boolean;
}

export interface DaemonOptions {
  /** Opens a connection. @param start whether to start a daemon where none runs */
  readonly open: (start: boolean) => Promise<Link>;
  /** Whether a daemon may be started before anybody has asked for one. */
  readonly startsUnasked: () => boolean;
  /** Resolves after so many milliseconds, or once the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly log: (level: "info" | "warn", line: string) => void;
}

/** Attempts to connect are this far apart at first, and at last, milliseconds. */
const backOff = { first: 250, last: 10_000 };

/**
 * The daemon, as the window sees it over any number of connections: whoever shows its data listens to `onState`, and asks
 * again for everything when it is connected.
 */
export class Daemon {
  #state: ConnectionState = "away";
  #problem: SparringError | undefined;
  #link: Link | undefined;
  #isDisposed = false;
  #mayStart: boolean;
  #loop: Promise<void> | undefined;
  /** Aborted to end the wait between two attempts. */
  #waiting = new AbortController();
  #attempts = new Emitter<Error | undefined>();
  readonly #options: DaemonOptions;
  readonly #states = new Emitter<ConnectionState>();
  readonly #told = new Emitter<Told>();

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#mayStart = options.startsUnasked();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why it is away, and what to do; undefined while it is not. */
  get problem(): SparringError | undefined {
    return this.#problem;
  }

  /** What the daemon said of itself; undefined while it is away. */
  get hello(): Link["hello"] | undefined {
    return this.#link?.hello;
  }

  /** What a person should know about it; as in `DaemonClient`. */
  get notice(): string | undefined {
    return this.#link?.notice;
  }

  /** Begins to connect, and goes on with it until `dispose`. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /**
   * Resolves once it is connected; starts a daemon where none runs.
   * @throws SparringError why the next attempt failed
   */
  async reach(): Promise<void> {
    if (this.#state === "connected") return;
    this.#mayStart = true;
    const attempt = new Promise<void>((resolve, reject) => {
      const stop = this.#attempts.on((failure) => {
        stop();
        if (failure) reject(failure);
        else resolve();
      });
    });
    if (this.#state === "away") this.#set("connecting");
    this.#waiting.abort();
    this.start();
    return attempt;
  }

  /**
   * Asks the daemon.
   * @throws SparringError what the daemon threw, `extension/away` while it can't be reached, `client/disconnected` when the
   *   connection ends before the answer, `client/bad-answer`
   * @throws AbortedError once a cancelled request has ended
   */
  async request<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<ResultOf<M>> {
    if (signal?.aborted) throw new AbortedError(method);
    const link = this.#link;
    if (!link) throw this.#away();
    try {
      return await link.request(method, params, signal);
    } catch (error) {
      if (this.#link !== link) throw disconnected(method);
      throw error;
    }
  }

  /** Listens to a notification, over all connections. @returns what ends the listening */
  on<M extends NotificationMethod>(method: M, listener: (params: NotificationParamsOf<M>) => void): () => void {
    return this.#told.on((told) => {
      if (told.method === method) listener(told.params as NotificationParamsOf<M>);
    });
  }

  /** Listens to the state of the connection. @returns what ends the listening */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#states.on(listener);
  }

  /** Ends the connection and every attempt at one; the daemon goes on. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#waiting.abort();
    // An attempt under way ends by itself, and closes what it has opened.
    await this.#link?.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isDisposed) {
      const start = this.#mayStart;
      try {
        if (this.#state === "away" && failures === 0) this.#set("connecting");
        await this.#connection(await this.#options.open(start));
        failures = 0;
      } catch (error) {
        // Somebody asked for the daemon meanwhile: the next attempt starts one.
        if (!start && this.#mayStart) continue;
        this.#failed(error);
        const { first, last } = backOff;
        this.#waiting = new AbortController();
        if (!this.#isDisposed) await this.#options.wait(Math.min(last, first * 2 ** failures++), this.#waiting.signal);
      }
    }
  }

  /** Lives with one connection until it ends. */
  async #connection(link: Link): Promise<void> {
    if (this.#isDisposed) return link.close();
    this.#link = link;
    link.listen((told) => this.#told.fire(told));
    const { version, build, pid } = link.hello;
    this.#options.log("info", `Connected to the daemon (Sparring ${version}, build ${build}, process ${pid}).`);
    if (link.notice !== undefined) this.#options.log("warn", link.notice);
    this.#set("connected");
    this.#attempts.fire(undefined);
    const { reason, isMeant } = await link.closed;
    this.#link = undefined;
    this.#mayStart = !isMeant && this.#options.startsUnasked();
    this.#options.log("info", `The connection to the daemon ended: ${reason}`);
    this.#set("connecting");
  }

  #failed(error: unknown): void {
    const problem = error instanceof SparringError ? error : unexpected(error);
    // A daemon that does not come up is not started again and again.
    this.#mayStart = false;
    if (problem.message !== this.#problem?.message) this.#options.log("warn", `${problem.message} ${problem.next}`);
    this.#set("away", problem);
    this.#attempts.fire(problem);
  }

  #set(state: ConnectionState, problem?: SparringError): void {
    const isSame = state === this.#state && problem?.message === this.#problem?.message;
    this.#state = state;
    this.#problem = problem;
    if (!isSame) this.#states.fire(state);
  }

  #away(): SparringError {
    return new SparringError(
      "extension/away",
      this.#problem?.message ?? "The daemon is not connected yet.",
      this.#problem?.next ?? "Try again in a moment.",
    );
  }
}

function disconnected(method: Method): SparringError {
  return new SparringError(
    "client/disconnected",
    `The connection to the daemon ended before it had answered (${method}).`,
    "Try again once it is connected. Finished rounds are safe, and a run that was cut off can be resumed.",
  );
}

function unexpected(error: unknown): SparringError {
  return new SparringError(
    "extension/no-connection",
    `The daemon can't be reached: ${error instanceof Error ? error.message : String(error)}`,
    "Run “Sparring: Show Log” for what happened.",
    { cause: error },
  );
}
