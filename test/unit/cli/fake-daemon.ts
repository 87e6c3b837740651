import { setImmediate as turn } from "node:timers/promises";
import type { DaemonClient } from "../../../daemon/client/client.ts";
import { applyOverrides, resolveConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { SparringError } from "../../../daemon/errors.ts";
import {
  type Method,
  type NotificationMethod,
  type NotificationParamsOf,
  type ParamsOf,
  type Problem,
  type Progress,
  type ResultOf,
  type RunOverview,
  type RunState,
  requests,
  type ValidParamsOf,
} from "../../../daemon/protocol.ts";
import { judgedAnswers } from "../../../daemon/runs/rating/judged-rounds.ts";
import { nextSamples, samplesOf } from "../../../daemon/runs/rating/next-samples.ts";
import type { Lineage, QueryRecord, Rating, RoundRecord } from "../../../daemon/store/records.ts";
import { fakeConfig, fakeId, fakeOverview, fakeProgress, fakeQueries, fakeRound } from "./fake-run.ts";

export interface FakeRun {
  overview: RunOverview;
  config: Config;
  lineage: Lineage;
  rounds: RoundRecord[];
  queries: (round: number) => QueryRecord[];
  progress: Progress | null;
  notes: string[];
  ratings: Rating[];
}

type Handlers = { readonly [M in Method]?: (params: ValidParamsOf<M>) => ResultOf<M> | Promise<ResultOf<M>> };
type Heard = { readonly [M in NotificationMethod]: Set<(params: NotificationParamsOf<M>) => void> };

/**
 * A daemon without a socket, an engine, files and a clock of its own: runs that improve, round by round, one at a time. Its
 * requests are validated like the real one's, and answered asynchronously.
 */
export class FakeDaemon {
  /** Requests that were made: method and parameters. */
  readonly calls: [method: Method, params: unknown][] = [];
  readonly runs = new Map<string, FakeRun>();
  /** Answers other than the usual ones. */
  readonly handlers: Handlers;
  /** Milliseconds that the runs have taken. */
  now = 0;
  /** What happens before a round is played; throws a problem for the run to fail with. */
  beforeRound: (round: number, run: FakeRun) => void | Promise<void> = () => {};
  #connections = new Set<{ heard: Heard; end: (reason: string) => void }>();

  constructor(handlers: Handlers = {}) {
    this.handlers = handlers;
  }

  /** A run that is there already, in whatever state, with its rounds up to `overview.round`. */
  add(changes: Partial<RunOverview> & { settings?: Record<string, unknown> } = {}): FakeRun {
    const { settings, ...overview } = changes;
    const config = fakeConfig(settings);
    const run: FakeRun = {
      overview: fakeOverview(config, { state: "finished", ...overview }),
      config,
      lineage: { root: changes.id ?? fakeId, seed: config.seed, changes: {} },
      rounds: [],
      queries: (round) => fakeQueries(config, round),
      progress: null,
      notes: [],
      ratings: [],
    };
    for (let round = 0; round <= (overview.round ?? -1); round++) run.rounds.push(fakeRound(config, round));
    this.runs.set(run.overview.id, run);
    return run;
  }

  /** Ends all connections, as a kill does. */
  disconnect(reason: string): void {
    for (const { end } of [...this.#connections]) end(reason);
  }

  setState(run: FakeRun, state: RunState, changes: Partial<RunOverview> = {}): void {
    const { asked: _, queuePlace: __, ...overview } = run.overview;
    run.overview = { ...overview, state, ...changes };
    this.notify("sparring/run/changed", run.overview);
  }

  notify<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void {
    for (const { heard } of this.#connections) for (const listener of heard[method]) listener(params);
  }

  client(): DaemonClient {
    const heard: Heard = {
      "sparring/run/changed": new Set(),
      "sparring/round/progress": new Set(),
      "sparring/rating/changed": new Set(),
      "sparring/task/progress": new Set(),
      "sparring/alarm": new Set(),
    };
    let isOpen = true;
    let tell: (reason: string) => void = () => {};
    const closed = new Promise<string>((resolve) => (tell = resolve));
    const connection = {
      heard,
      end: (reason: string): void => {
        isOpen = false;
        this.#connections.delete(connection);
        tell(reason);
      },
    };
    this.#connections.add(connection);
    return {
      hello: {
        protocol: 1,
        compatible: true,
        version: "1.2.3",
        build: "source",
        home: "/home",
        pid: 4711,
        startedAt: "2025-11-21T04:00:00.000Z",
      },
      notice: undefined,
      request: async (method, params, options) => {
        const disconnected = new SparringError("client/disconnected", "The connection ended.", "Run it again.");
        if (!isOpen) throw disconnected;
        const answer = await this.#answer(method, params, options?.signal);
        if (!isOpen) throw disconnected;
        return answer;
      },
      on: (method, listener) => {
        heard[method].add(listener);
        return () => heard[method].delete(listener);
      },
      closed,
      close: () => connection.end("This program closed the connection."),
    };
  }

  async #answer<M extends Method>(method: M, params: ParamsOf<M>, signal?: AbortSignal): Promise<ResultOf<M>> {
    this.calls.push([method, structuredClone(params)]);
    const valid = requests[method].params.parse(params) as ValidParamsOf<M>;
    const handlers: Handlers = { ...this.#usual, ...this.handlers };
    const handler = handlers[method] as
      | ((params: ValidParamsOf<M>, signal?: AbortSignal) => ResultOf<M> | Promise<ResultOf<M>>)
      | undefined;
    if (!handler) throw new Error(`the fake daemon does not answer ${method}`);
    return requests[method].result.parse(await handler(valid, signal)) as ResultOf<M>;
  }

  #run(id: string): FakeRun {
    const run = this.runs.get(id);
    if (!run) throw new SparringError("store/unknown-run", `There is no run "${id}".`, "Look for another.");
    return run;
  }

  readonly #usual: Handlers = {
    "sparring/run/list": ({ after, limit }) => {
      const all = [...this.runs.values()].map(({ overview }) => overview).reverse();
      const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const runs = all.slice(from, from + limit);
      return { runs, next: from + limit < all.length ? runs.at(-1)!.id : null };
    },
    "sparring/run/start": ({ run: id, config: given }) => {
      const config = resolveConfig(given);
      return this.#begin(id, config, { root: id, seed: config.seed, changes: {} });
    },
    "sparring/run/fork": ({ run: id, parent, round = 0, settings }) => {
      const { config, lineage } = this.#run(parent);
      const changed = applyOverrides(config, settings).config;
      return this.#begin(id, changed, { ...lineage, parent: { run: parent, round } });
    },
    "sparring/run/get": ({ run: id }) => {
      const { overview, config, lineage, progress, notes } = this.#run(id);
      const checkpoints = this.#run(id)
        .rounds.filter(({ round }) => round > 0 && round % config.checkpoints.every === 0)
        .map(({ round }) => ({ round, bytes: 12_000_000, dir: `/home/runs/${id}/checkpoints/${round}` }));
      const dir = `/home/runs/${id}`;
      return { overview, dir, config: { ...config }, lineage, record: null, checkpoints, progress, notes };
    },
    "sparring/run/watch": ({ run }) => ({ overview: this.#run(run).overview, progress: this.#run(run).progress }),
    "sparring/run/pause": ({ run: id }) => {
      const run = this.#run(id);
      run.overview = { ...run.overview, asked: "pause" };
      setImmediate(() => this.setState(run, "paused"));
      return run.overview;
    },
    "sparring/run/stop": ({ run: id }) => {
      const run = this.#run(id);
      run.overview = { ...run.overview, asked: "stop" };
      setImmediate(() => this.setState(run, "stopped"));
      return run.overview;
    },
    "sparring/run/resume": ({ run: id }) => {
      const run = this.#run(id);
      this.setState(run, run.overview.state === "paused" ? "running" : "queued");
      void this.#play(run);
      return run.overview;
    },
    "sparring/run/log": () => ({ lines: ["04:00 info \u001b[2J begun"], file: "/home/runs/x/log.txt" }),
    "sparring/round/list": ({ run, after, limit }) => {
      const later = this.#run(run).rounds.filter(({ round }) => round > after);
      return { rounds: later.slice(0, limit), more: later.length > limit };
    },
    "sparring/round/get": ({ run, round, from }) => {
      const queries = this.#run(run).queries(round).slice(from);
      // Pages of one query: whoever forgets to page sees one.
      return { queries: queries.slice(0, 1), next: queries.length > 1 ? from + 1 : null };
    },
    "sparring/sample/next": async ({ run: id, rater, count, first, last }) => {
      const run = this.#run(id);
      const rounds = run.rounds.map(({ round }) => round).filter((round) => round >= first && round <= (last ?? round));
      const { ratings } = run;
      const queriesOf = async (round: number): Promise<QueryRecord[]> => run.queries(round);
      const judgedOf = async (round: number) => judgedAnswers(round, run.queries(round));
      const picked = await nextSamples({ rounds, ratings, takenBack: [], count, rater, judgedOf });
      return { samples: await samplesOf(id, picked, queriesOf) };
    },
    "sparring/sample/rate": ({ run, rating }) => {
      const { ratings } = this.#run(run);
      ratings.push({ ...rating, at: "2025-11-21T04:00:00.000Z" });
      return { ratings: ratings.length };
    },
    "sparring/sample/unrate": ({ run: id, id: rating }) => {
      const run = this.#run(id);
      run.ratings = run.ratings.filter((each) => each.id !== rating);
      return { ratings: run.ratings.length };
    },
    "sparring/rating/list": ({ run, from, limit }) => {
      const { ratings } = this.#run(run);
      return { ratings: ratings.slice(from, from + limit), more: from + limit < ratings.length };
    },
    "sparring/daemon/status": () => ({
      version: "1.2.3",
      pid: 4711,
      startedAt: "2025-11-21T04:00:00.000Z",
      home: "/home",
      log: "/home/daemon/log.txt",
      rssBytes: 90e6,
      clients: 1,
      device: { name: "CPU, 2 threads", training: null, waiting: 0 },
    }),
  };

  #begin(id: string, config: Config, lineage: Lineage): RunOverview {
    const run = this.add({ id, state: "queued" });
    run.config = config;
    run.lineage = lineage;
    run.queries = (round) => fakeQueries(config, round);
    run.overview = {
      ...fakeOverview(config, { id, state: "queued" }),
      ...(lineage.parent && { parent: lineage.parent }),
    };
    void this.#play(run);
    return run.overview;
  }

  /** Plays a run's rounds, a turn of the event loop each, so that a watcher can follow. */
  async #play(run: FakeRun): Promise<void> {
    const { config } = run;
    const { id } = run.overview;
    await turn();
    this.setState(run, "starting");
    await turn();
    const first = (run.rounds.at(-1)?.round ?? (run.lineage.parent?.round ?? 0) - 1) + 1;
    run.progress = fakeProgress(config, first, id)[0]!;
    this.setState(run, "running");
    await turn();
    for (let round = first; round <= config.game.rounds; round++) {
      try {
        await this.beforeRound(round, run);
      } catch (error) {
        const { code, message, next, place } = error as Problem;
        const problem = { code, message, next, ...(place !== undefined && { place }) };
        return this.setState(run, "failed", { problem });
      }
      if (run.overview.state === "stopped" || run.overview.state === "interrupted") return;
      const record = fakeRound(config, round);
      this.now += record.seconds * 1000;
      run.rounds.push(record);
      const after = { ...fakeProgress(config, round + 1, id)[0]!, finished: round };
      run.progress = after;
      run.overview = { ...run.overview, round };
      this.notify("sparring/round/progress", after);
      await turn();
    }
    run.progress = null;
    const accuracy = { first: 0.35, last: 0.55 + config.seed / 100 };
    this.setState(run, "finished", { accuracy });
  }
}
