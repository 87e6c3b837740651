import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import { RoundDocuments } from "../documents/round-documents.ts";
import { SparringError } from "../errors.ts";
import type { ResultOf } from "../protocol.ts";
import type { ProcessIdentity } from "../store/processes.ts";
import type { Rating } from "../store/records.ts";
import { type Discovery, removeDiscovery, writeDiscovery } from "../wire/discovery.ts";
import { Client } from "./client.ts";
import { dispatch } from "./dispatch.ts";
import { Feed } from "./feed.ts";
import { type Handlers, handlersOf, type Trust } from "./handlers.ts";
import type { Keys } from "./keys.ts";
import type { LanguageSources } from "./languages.ts";
import { Listener } from "./listener.ts";
import type { Log } from "./log.ts";
import { Refusals } from "./refusals.ts";
import type { RunControl } from "./run-control.ts";

/** How often clients are asked whether they are still there, milliseconds. */
const pingEveryMs = 30_000;
/** Clients have this long to take what was sent to them when the daemon ends, milliseconds. */
const farewellMs = 1_000;

export interface DaemonOptions {
  readonly home: string;
  readonly version: string;
  readonly build: string;
  readonly identity: ProcessIdentity;
  readonly runs: RunControl;
  readonly trust: Trust;
  /** Keys that clients gave for servers. */
  readonly keys: Keys;
  readonly log: Log;
  /** Where that log lies; null for a terminal. */
  readonly logFile: string | null;
}

/** The open socket with its clients: everything of a daemon but the runs. */
export class Daemon {
  /** What its discovery file says. */
  readonly discovery: Discovery;
  /** Resolves with a reason once somebody wants it to end; `close` does it. */
  readonly wantsToEnd: Promise<string>;
  readonly #options: DaemonOptions;
  readonly #listener: Listener;
  readonly #refusals: Refusals;
  readonly #handlers: Handlers;
  readonly #languages: LanguageSources;
  readonly #feeds = new Map<Client, Feed>();
  readonly #subscriptions: readonly (() => void)[];
  readonly #pinging: NodeJS.Timeout;
  readonly #wantToEnd: (why: string) => void;

  private constructor(options: DaemonOptions, listener: Listener, refusals: Refusals, discovery: Discovery) {
    this.#options = options;
    this.#listener = listener;
    this.#refusals = refusals;
    this.discovery = discovery;
    const { promise, resolve } = withResolvers<string>();
    this.wantsToEnd = promise;
    this.#wantToEnd = resolve;
    const { runs, trust } = options;
    const feeds = this.#feeds;
    const documents = roundDocuments(runs);
    this.#handlers = handlersOf(runs, documents, trust, options.keys, {
      facts: this.#facts(),
      log: options.logFile,
      clients: () => feeds.size,
      watch: (client, run) => feeds.get(client)?.watch(run),
      unwatch: (client, run) => feeds.get(client)?.unwatch(run),
      shutDown: (force) => this.#shutDown(force),
    });
    this.#languages = { rounds: documents, ratings: (run) => allRatings(runs, run) };
    this.#subscriptions = [
      runs.on("progress", (run) => this.#feed((feed) => feed.progressed(run))),
      runs.on("changed", (overview) => this.#feed((feed) => feed.changed(overview))),
      runs.on("alarm", (alarm) => this.#feed((feed) => feed.alarmed(alarm))),
      runs.on("ratings", (change) => {
        this.#feed((feed) => feed.rated(change));
        for (const client of feeds.keys()) client.refreshLanguages();
      }),
    ];
    this.#pinging = setInterval(() => {
      for (const client of feeds.keys()) client.ping();
    }, pingEveryMs).unref();
  }

  /** Listens, and then says in the home where. */
  static async open(options: DaemonOptions): Promise<Daemon> {
    const { home, version, build, identity, log } = options;
    const token = randomBytes(32).toString("base64url");
    const refusals = new Refusals(log);
    const opened = withResolvers<Daemon>();
    const onClient = (socket: WebSocket): void => void opened.promise.then((daemon) => daemon.#welcome(socket));
    const listener = await Listener.open({ token, refusals, onClient });
    const startedAt = new Date().toISOString();
    const discovery = { port: listener.port, token, ...identity, version, build, startedAt };
    const daemon = new Daemon(options, listener, refusals, discovery);
    opened.resolve(daemon);
    try {
      await writeDiscovery(home, discovery);
    } catch (error) {
      await daemon.close();
      throw error;
    }
    return daemon;
  }

  /** Clients that are connected. */
  get clients(): number {
    return this.#feeds.size;
  }

  /** Lets nobody in any more, says so in the home, and says good-bye to all clients. */
  async close(): Promise<void> {
    this.#listener.close();
    await removeDiscovery(this.#options.home, this.discovery);
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    clearInterval(this.#pinging);
    const clients = [...this.#feeds.keys()];
    for (const client of clients) client.leave();
    const impatience = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, farewellMs);
    await Promise.all(clients.map(({ closed }) => closed));
    clearTimeout(impatience);
    this.#refusals.flush();
  }

  #feed(news: (feed: Feed) => void): void {
    for (const feed of this.#feeds.values()) news(feed);
  }

  #welcome(socket: WebSocket): void {
    const { version, log, runs } = this.#options;
    const client = new Client(socket, {
      version,
      log,
      languages: this.#languages,
      cutOff: (why) => this.#refusals.count(why),
      answer: (from, method, params, signal) =>
        dispatch({ handlers: this.#handlers, log }, from, method, params, signal),
    });
    const feed = new Feed({
      tell: (method, params) => client.tell(method, params),
      bufferedBytes: () => client.bufferedBytes,
      progress: (run) => runs.progress(run),
    });
    this.#feeds.set(client, feed);
    client.closed.then(() => {
      feed.close();
      this.#feeds.delete(client);
    });
  }

  #shutDown(force: boolean): void {
    const active = this.#options.runs.activeRuns();
    if (active.length > 0 && !force) throw runsActive(active);
    // The answer goes out first.
    setImmediate(() => this.#wantToEnd("a client asked for it"));
  }

  #facts(): Omit<ResultOf<"sparring/hello">, "compatible" | "protocol"> {
    const { home } = this.#options;
    const { version, build, pid, startedAt } = this.discovery;
    return { version, build, home, pid, startedAt };
  }
}

/** Rounds as texts, for all clients: those to read, and those that language features are asked about. */
function roundDocuments(runs: RunControl): RoundDocuments {
  return new RoundDocuments({
    version: (run, round) => runs.views.version({ run, round }),
    facts: (run, round) => runs.views.facts({ run, round }),
  });
}

async function allRatings(runs: RunControl, run: string): Promise<Rating[]> {
  const all: Rating[] = [];
  for (let more = true; more; ) {
    const page = await runs.ratings({ run, from: all.length, limit: 1000 });
    all.push(...page.ratings);
    more = page.more;
  }
  return all;
}

function runsActive(active: readonly string[]): SparringError {
  const names = active.slice(0, 3).join(", ") + (active.length > 3 ? ", …" : "");
  return new SparringError(
    "server/runs-active",
    `The daemon has ${active.length === 1 ? "an active run" : `${active.length} active runs`} (${names}).`,
    "Stop them with `sparring stop`, or end the daemon with `sparring serve --stop --force`: they can be resumed after their last finished round.",
  );
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
