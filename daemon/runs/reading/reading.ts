import { resolveConfig } from "../../config/load.ts";
import { SparringError } from "../../errors.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { RunIndex } from "../../store/index/run-index.ts";
import { layout } from "../../store/layout.ts";
import type { QueryRecord, RoundRecord } from "../../store/records.ts";
import { readLog } from "../../store/run-log.ts";
import type { Store } from "../../store/store.ts";
import type { RunQueue } from "../control/run-queue.ts";
import { pageOf } from "./pages.ts";
import { recordOf } from "./record.ts";

/** What there is to see of the runs. */
export class Reading {
  readonly #store: Store;
  readonly #index: RunIndex;
  readonly #queue: RunQueue;

  constructor(store: Store, index: RunIndex, queue: RunQueue) {
    this.#store = store;
    this.#index = index;
    this.#queue = queue;
  }

  /** @throws SparringError `store/unknown-run` where `after` is no run */
  async list({ after, limit }: ValidParamsOf<"sparring/run/list">): Promise<ResultOf<"sparring/run/list">> {
    const newest = this.#index.list();
    const from = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && from === 0) await this.#queue.overview(after);
    const runs = newest.slice(from, from + limit).map((facts) => this.#queue.overviewOf(facts));
    return { runs, next: from + limit < newest.length ? runs.at(-1)!.id : null };
  }

  /** @throws SparringError `store/unknown-run`, `store/corrupt-run` */
  async get({ run: id }: { readonly run: string }): Promise<ResultOf<"sparring/run/get">> {
    const overview = await this.#queue.overview(id);
    const record = (await recordOf(this.#store, id)) ?? null;
    const request = (await this.#store.readStatus(id))?.request;
    const asked = request?.kind === "start" ? request.config : {};
    return {
      overview,
      dir: this.#store.dir(id),
      config: record ? { ...resolveConfig(record.config) } : asked,
      lineage: record?.lineage ?? null,
      record,
      checkpoints: record ? await this.#store.listCheckpoints(id) : [],
      progress: this.#queue.live(id)?.progress() ?? null,
      notes: [...(this.#queue.live(id)?.warnings ?? [])],
    };
  }

  /** @throws SparringError `store/unknown-run` */
  async log({ run: id, lines, level }: ValidParamsOf<"sparring/run/log">): Promise<ResultOf<"sparring/run/log">> {
    await this.#queue.overview(id);
    const dir = this.#store.dir(id);
    return { lines: await readLog(dir, { lines, level }), file: layout.log(dir) };
  }

  /** @throws SparringError `store/unknown-run`, `store/corrupt-rounds` */
  async rounds({
    run: id,
    after,
    limit,
  }: ValidParamsOf<"sparring/round/list">): Promise<ResultOf<"sparring/round/list">> {
    const live = this.#queue.live(id);
    // A run that trains is asked again and again: its rounds are in memory.
    const later =
      live && live.rounds.length > 0
        ? laterRounds(live.rounds, after)
        : (await this.#store.readRoundsAfter(id, after, limit + 1)).rounds;
    const rounds = pageOf(later, limit);
    return { rounds, more: rounds.length < later.length };
  }

  /** @throws SparringError `store/unknown-run`, `store/no-samples`, `store/corrupt-samples` */
  async round({ run: id, round, from }: ValidParamsOf<"sparring/round/get">): Promise<ResultOf<"sparring/round/get">> {
    const queries = await this.#store.readSamples(id, round);
    const page = pageOf(queries.slice(from), queries.length);
    return { queries: page, next: from + page.length < queries.length ? from + page.length : null };
  }

  /** @throws SparringError `store/unknown-run` */
  async checkpoints({ run: id }: { readonly run: string }): Promise<ResultOf<"sparring/checkpoint/list">> {
    await this.#queue.overview(id);
    return { checkpoints: await this.#store.listCheckpoints(id) };
  }

  /** A stored query. @throws SparringError as `round`, and `run/no-such-query` */
  async query(id: string, round: number, query: number): Promise<QueryRecord> {
    return (await this.queries(id, round, [query]))[0]!;
  }

  /** Some stored queries of a round. @throws SparringError as `query` */
  async queries(id: string, round: number, asked: readonly number[]): Promise<QueryRecord[]> {
    const queries = await this.#store.readSamples(id, round);
    return asked.map((query) => {
      const found = queries.find(({ index }) => index === query);
      if (found) return found;
      throw new SparringError(
        "run/no-such-query",
        `Round ${round} has no query ${query}.`,
        queries.length > 0
          ? `Choose one from 0 to ${queries.length - 1}.`
          : "Choose a round that was played: this one only measured.",
        { place: layout.samples(this.#store.dir(id), round) },
      );
    });
  }
}

function laterRounds(rounds: readonly RoundRecord[], after: number): readonly RoundRecord[] {
  const from = rounds.findIndex(({ round }) => round > after);
  return from < 0 ? [] : rounds.slice(from);
}
