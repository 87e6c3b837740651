import type { RoundDocuments } from "../documents/round-documents.ts";
import { type Method, protocolVersion, type ResultOf, snapshotIntervalMs, type ValidParamsOf } from "../protocol.ts";
import type { Errand } from "../runs/interactive/errand.ts";
import { setUp } from "../setup/setup.ts";
import type { Client } from "./client.ts";
import { enginesOf } from "./engines.ts";
import type { Keys } from "./keys.ts";
import type { RunControl } from "./run-control.ts";

/** Who asks, and how they take it back. */
interface Request {
  readonly client: Client;
  readonly signal: AbortSignal;
}

type Handler<M extends Method> = (params: ValidParamsOf<M>, request: Request) => ResultOf<M> | Promise<ResultOf<M>>;

/** A handler for every verb: one that was forgotten does not compile. */
export type Handlers = { readonly [M in Method]: Handler<M> };

/** Folders whose configs may name programs and servers. */
export interface Trust {
  list(): Promise<ResultOf<"sparring/trust/list">["folders"]> | ResultOf<"sparring/trust/list">["folders"];
  grant(folder: string): Promise<void>;
  revoke(folder: string): Promise<void>;
}

/** The daemon, as its clients see it. */
export interface Self {
  readonly facts: Omit<ResultOf<"sparring/hello">, "compatible" | "protocol">;
  /** Its log file; null where it writes to a terminal. */
  readonly log: string | null;
  clients(): number;
  watch(client: Client, run: string): void;
  unwatch(client: Client, run: string): void;
  /** Ends it, after this request was answered. @throws SparringError `server/runs-active` */
  shutDown(force: boolean): void;
}

/** What each verb does. */
export function handlersOf(
  runs: RunControl,
  documents: RoundDocuments,
  trust: Trust,
  keys: Keys,
  self: Self,
): Handlers {
  const { drafts, views, comparisons } = runs;
  return {
    "sparring/hello": ({ protocol, client: { name, version } }, { client }) => {
      const compatible = protocol === protocolVersion;
      client.hello = { name: `${name} ${version}`, isCompatible: compatible };
      return { protocol: protocolVersion, compatible, ...self.facts };
    },

    "sparring/run/list": (params) => runs.list(params),
    "sparring/run/get": (params) => runs.get(params),
    "sparring/run/log": (params) => runs.log(params),
    "sparring/run/start": (params) => runs.start(params),
    "sparring/run/fork": (params) => runs.fork(params),
    "sparring/run/pause": (params) => runs.pause(params),
    "sparring/run/resume": (params) => runs.resume(params),
    "sparring/run/stop": (params) => runs.stop(params),
    "sparring/run/agree": (params) => runs.agree(params),
    "sparring/run/watch": async ({ run }, { client }) => {
      const overview = await runs.overview(run);
      self.watch(client, run);
      return { overview, progress: runs.progress(run) ?? null };
    },
    "sparring/run/unwatch": ({ run }, { client }) => {
      self.unwatch(client, run);
      return null;
    },

    "sparring/config/check": (params) => drafts.check(params),
    "sparring/run/config": (params) => drafts.text(params),
    "sparring/run/changes": (params) => drafts.changes(params),

    "sparring/round/list": (params) => runs.rounds(params),
    "sparring/round/get": (params) => runs.round(params),
    "sparring/round/series": (params) => views.series(params),
    "sparring/round/document": async ({ run, round }) => ({ text: (await documents.get(run, round)).text }),
    "sparring/round/tokens": (params) => views.tokens(params),
    "sparring/checkpoint/list": (params) => runs.checkpoints(params),
    "sparring/checkpoint/chat": (params, { signal }) => runs.chat(params, signal),
    "sparring/checkpoint/export": (params, request) => runs.exportWeights(params, errandOf(params.task, request)),
    "sparring/checkpoint/evaluate": (params, request) => runs.evaluate(params, errandOf(params.task, request)),
    "sparring/checkpoint/compare": (params, request) => comparisons.compare(params, errandOf(params.task, request)),
    "sparring/comparison/pick": (params) => comparisons.pick(params),
    "sparring/comparison/unpick": (params) => comparisons.unpick(params),
    "sparring/comparison/list": (params) => comparisons.picks(params),
    "sparring/sample/export": (params, request) => runs.exportSamples(params, errandOf(params.task, request)),
    "sparring/sample/replay": (params, { signal }) => runs.replay(params, signal),
    "sparring/sample/next": (params) => runs.nextSamples(params),
    "sparring/sample/rate": (params) => runs.rate(params),
    "sparring/sample/unrate": (params) => runs.unrate(params),
    "sparring/rating/list": (params) => runs.ratings(params),
    "sparring/judge/agreement": (params) => runs.agreement(params),

    "sparring/engine/estimate": (params) => drafts.estimate(params),
    "sparring/engine/list": () => enginesOf(self.facts.home),
    "sparring/engine/setup": (params, request) => setUp(self.facts.home, params, errandOf(params.task, request)),
    "sparring/trust/list": async () => ({ folders: await trust.list() }),
    "sparring/trust/grant": async ({ folder }) => {
      await trust.grant(folder);
      return null;
    },
    "sparring/trust/revoke": async ({ folder }) => {
      await trust.revoke(folder);
      return null;
    },
    "sparring/key/give": ({ origin, key }) => {
      keys.give(origin, key);
      return null;
    },
    "sparring/key/forget": ({ origin }) => {
      keys.forget(origin);
      return null;
    },

    "sparring/daemon/status": () => {
      const { version, pid, startedAt, home } = self.facts;
      const rssBytes = process.memoryUsage.rss();
      return { version, pid, startedAt, home, log: self.log, rssBytes, clients: self.clients(), device: runs.device() };
    },
    "sparring/daemon/shutdown": ({ force }) => {
      self.shutDown(force);
      return null;
    },
  };
}

/** A long request, whose progress is told under the client's id for it: each new step at once, else at snapshots' pace. */
function errandOf(task: string | undefined, { client, signal }: Request): Errand {
  let told: string | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    signal,
    onProgress: (what, done, total) => {
      const now = performance.now();
      if (task === undefined || (what === told && now - toldAt < snapshotIntervalMs)) return;
      [told, toldAt] = [what, now];
      client.tell("sparring/task/progress", { task, what, done, total });
    },
  };
}
