import type { RunFacts } from "../../../../daemon/store/index/facts.ts";
import type { RunRecord, RunStatus } from "../../../../daemon/store/records.ts";
import { Store } from "../../../../daemon/store/store.ts";
import type { MemoryFileSystem } from "../memory-fs.ts";
import { home, RestartingProcesses, ratingOf, roundRecord } from "../trainer.ts";

export const lastRound = 4;
const iterations = 3;

/** The time of the nth thing that happens. */
export function timeOf(tick: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, tick)).toISOString();
}

/** What a list shows of a config; the rest of one does not matter here. */
export function configOf(name: string, seed: number): Record<string, unknown> {
  return {
    name,
    seed,
    model: { path: "builtin:nano" },
    game: { task: "addition", rounds: lastRound, queries: 32 },
    algorithm: { name: "lsp" },
    imitation: { iterations },
  };
}

export function recordOf(id: string, tick: number, parent?: { run: string; round: number }): RunRecord {
  return {
    format: 1,
    id,
    name: `Run ${id}`,
    createdAt: timeOf(tick),
    config: configOf(`Run ${id}`, 7),
    lineage: { root: parent?.run ?? id, seed: 7, changes: {}, ...(parent && { parent }) },
    versions: {},
    fingerprint: {},
    ...(tick % 2 === 0 && { workspace: "/work" }),
  };
}

/** Makes things happen to runs, as the daemon would; each in a session of its own, as if it were killed after it. */
export class HomeOfRuns {
  readonly store: Store;
  readonly #processes: RestartingProcesses;
  #plays = 0;

  constructor(fs: MemoryFileSystem, processes = new RestartingProcesses()) {
    this.#processes = processes;
    this.store = new Store(home, { fs, processes });
  }

  async create(id: string, tick: number, parent?: { run: string; round: number }): Promise<void> {
    await (await this.store.create(recordOf(id, tick, parent))).close();
  }

  /**
   * Plays the next round.
   * @param accuracy undefined: it is not evaluated
   * @param iteration of an imitation with an opponent; 0: with none
   */
  async play(
    id: string,
    accuracy: number | null | undefined,
    withSnapshot: boolean,
    iteration?: number,
  ): Promise<void> {
    this.#processes.restart();
    const writer = await this.store.open(id);
    try {
      const { from } = await writer.recover();
      const round = from ? from.round + 1 : (writer.record.lineage.parent?.round ?? 0);
      const record = roundRecord(round, `s${++this.#plays}`);
      const metrics = {
        ...record.metrics,
        ...(accuracy !== undefined && { "eval/accuracy": accuracy }),
        ...(iteration !== undefined && { "imitation/iteration": iteration || 1, "imitation/opponents": iteration }),
      };
      const saveState = (): Promise<void> => Promise.resolve();
      await writer.commitRound({ record: { ...record, metrics }, queries: [], ...(withSnapshot && { saveState }) });
    } finally {
      await writer.close();
    }
  }

  async setStatus(id: string, status: Omit<RunStatus, "format">): Promise<void> {
    await this.store.writeStatus(id, { format: 1, ...status });
  }

  /** @returns whether there was a round to rate */
  async rate(id: string, rating: string): Promise<boolean> {
    const last = (await this.store.readRounds(id)).at(-1);
    if (last) await (await this.store.openRatings(id)).add(ratingOf(last.round, rating, last.notes[0]!));
    return last !== undefined;
  }

  async unrate(id: string): Promise<void> {
    const ratings = await this.store.openRatings(id);
    const newest = (await ratings.list()).at(-1);
    if (newest) await ratings.undo(newest.id);
  }
}

/** The facts of a run, by reading all of its files whole. Independent of the index. */
export async function factsFromFiles(store: Store, id: string): Promise<RunFacts> {
  const status = await store.readStatus(id);
  const hasRecord = (await store.listRuns()).includes(id);
  const record = hasRecord ? await store.readRun(id) : undefined;
  const request = status?.request?.kind === "start" ? status.request : undefined;
  const config = (record?.config ?? request!.config) as ReturnType<typeof configOf> & { name: string; seed: number };
  const createdAt = record?.createdAt ?? request!.at;
  const workspace = record ? record.workspace : request!.workspace;
  const rounds = await store.readRounds(id);
  const last = rounds.at(-1);
  const accuracies = rounds.map(({ metrics }) => metrics["eval/accuracy"] ?? null).filter((value) => value !== null);
  const now = last?.metrics["imitation/iteration"];
  const isOwn = last?.round !== record?.lineage.parent?.round;
  const isIterated = isOwn && now != null && last?.metrics["imitation/opponents"] !== 0;
  return {
    id,
    name: record?.name ?? config.name,
    state: status?.state ?? (last && last.round >= lastRound ? "finished" : "interrupted"),
    since: status?.since ?? last?.finishedAt ?? createdAt,
    createdAt,
    algorithm: "lsp",
    task: "addition",
    model: "builtin:nano",
    seed: record?.lineage.seed ?? config.seed,
    round: last?.round ?? null,
    rounds: lastRound,
    accuracy: accuracies.length > 0 ? { first: accuracies[0]!, last: accuracies.at(-1)! } : null,
    ...(isIterated && { iteration: { now, of: iterations } }),
    ratings: (await (await store.openRatings(id)).list()).length,
    ...(record?.lineage.parent && { parent: record.lineage.parent }),
    ...(workspace !== undefined && { workspace }),
    ...(status?.problem && { problem: status.problem }),
  };
}
