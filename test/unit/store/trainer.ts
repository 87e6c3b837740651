import assert from "node:assert/strict";
import { join } from "node:path";
import type { FileSystem } from "../../../daemon/store/fs.ts";
import type { Journal } from "../../../daemon/store/journal.ts";
import type { Processes, ProcessIdentity } from "../../../daemon/store/processes.ts";
import type { QueryRecord, Rating, RoundRecord, RunRecord } from "../../../daemon/store/records.ts";
import type { Recovered } from "../../../daemon/store/recover.ts";
import type { RunWriter } from "../../../daemon/store/run-writer.ts";
import { Store } from "../../../daemon/store/store.ts";
import { walk } from "../../../daemon/store/tree.ts";
import type { MemoryFileSystem } from "./memory-fs.ts";

export const home = "/home/ada/.sparring";
export const runId = "addition";

export const runRecord: RunRecord = {
  format: 1,
  id: runId,
  name: "Addition",
  createdAt: "2026-01-01T00:00:00.000Z",
  config: { rounds: 300 },
  lineage: { root: runId, seed: 7, changes: {} },
  versions: { sparring: "0.1.0" },
  fingerprint: { threads: "2" },
};

/** Processes of one machine of which only the newest runs: each new one stands for a restart after a crash. */
export class RestartingProcesses implements Processes {
  #pid = 100;

  restart(): void {
    this.#pid++;
  }

  self(): ProcessIdentity {
    return { pid: this.#pid, startTime: "42", bootId: "boot", host: "gpu.lab" };
  }

  state({ pid }: ProcessIdentity): "running" | "gone" {
    return pid === this.#pid ? "running" : "gone";
  }
}

/** What the test hears from the store, in the order of the steps. `session` tells two plays of the same round apart. */
export type Mark =
  | { readonly kind: "round" | "checkpoint"; readonly round: number; readonly session: string }
  | { readonly kind: "rating" | "undoing" | "undone"; readonly id: string }
  | { readonly kind: "dropping"; readonly rounds: readonly number[] };

/** Writes rounds whose every file says which round and session it belongs to. */
export class Trainer {
  readonly fs: MemoryFileSystem;
  readonly session: string;
  readonly store: Store;
  #writer: RunWriter | undefined;
  #ratings: Journal<Rating> | undefined;

  constructor(fs: MemoryFileSystem, session: number, processes: Processes) {
    this.fs = fs;
    this.session = `s${session}`;
    this.store = new Store(home, { fs, processes });
  }

  async create(): Promise<void> {
    this.#writer = await this.store.create(runRecord);
  }

  async recover(): Promise<Recovered> {
    this.#writer ??= await this.store.open(runId);
    return this.#writer.recover();
  }

  async commit(round: number, withSnapshot = true): Promise<void> {
    const { session } = this;
    await this.#writer!.commitRound({
      record: roundRecord(round, session),
      queries: queriesOf(round, session),
      ...(withSnapshot && { saveState: (folder: string) => writeState(this.fs, folder, round, session) }),
    });
    this.fs.mark({ kind: "round", round, session } satisfies Mark);
  }

  async checkpoint(round: number): Promise<void> {
    const { session } = this;
    await this.#writer!.writeCheckpoint(round, (folder) => writeState(this.fs, folder, round, session));
    this.fs.mark({ kind: "checkpoint", round, session } satisfies Mark);
  }

  /** Rates an answer of a round that this session has played or found. */
  async rate(round: number, id: string): Promise<void> {
    const { notes } = (await this.store.readRounds(runId)).find((each) => each.round === round)!;
    this.#ratings ??= await this.store.openRatings(runId);
    await this.#ratings.add(ratingOf(round, id, notes[0]!));
    this.fs.mark({ kind: "rating", id } satisfies Mark);
  }

  async unrate(id: string): Promise<void> {
    this.#ratings ??= await this.store.openRatings(runId);
    this.fs.mark({ kind: "undoing", id } satisfies Mark);
    await this.#ratings.undo(id);
    this.fs.mark({ kind: "undone", id } satisfies Mark);
  }

  async retain(last: number, always: readonly number[]): Promise<void> {
    const finished = (await this.store.readRounds(runId)).at(-1)?.round ?? -1;
    const checkpoints = await this.store.listCheckpoints(runId);
    const rounds = checkpoints.map(({ round }) => round).filter((round) => round <= finished);
    this.fs.mark({
      kind: "dropping",
      rounds: rounds.slice(0, -last).filter((r) => !always.includes(r)),
    } satisfies Mark);
    await this.#writer!.retainCheckpoints({ last, always });
  }

  async close(): Promise<void> {
    await this.#writer!.close();
  }
}

/** A rating whose comment says which play of its round it is about. */
export function ratingOf(round: number, id: string, session: string): Rating {
  const at = "2026-01-02T00:00:00.000Z";
  return { id, at, rater: "ada", round, query: 0, answer: 1, score: 5, comment: session, blind: true };
}

export function roundRecord(round: number, session: string): RoundRecord {
  return {
    round,
    // Two plays of a round never finish at the same time.
    finishedAt: new Date(Date.UTC(2026, 0, 1, 0, Number(session.slice(1)), round)).toISOString(),
    seconds: 0.3,
    phases: { challenge: 0.1, solve: 0.2 },
    metrics: { "solver/reward": 0.5, "judge/self_reward": null },
    notes: [session],
  };
}

export function queriesOf(round: number, session: string): QueryRecord[] {
  return [0, 1].map((index) => ({
    index,
    text: `${round}+${index}, ${session}`,
    tokens: [1, 2],
    logprobs: [-0.5, -0.25],
    referenceLogprobs: [-0.5, -0.5],
    admitted: true,
    V: 0.5,
    VQ: null,
    advantage: 0,
    answers: [],
  }));
}

/** The files of a state: two, of which one lies in a folder of its own. */
function stateOf(round: number, session: string): Record<string, string> {
  return {
    "weights.safetensors": `weights after round ${round}, ${session}`.repeat(3),
    "optimizer/moments.safetensors": `moments after round ${round}, ${session}`.repeat(2),
  };
}

export async function writeState(fs: FileSystem, folder: string, round: number, session: string): Promise<void> {
  await fs.makeFolder(join(folder, "optimizer"));
  for (const [name, text] of Object.entries(stateOf(round, session))) {
    await fs.write(join(folder, name), Buffer.from(text));
  }
}

/** Fails unless the folder holds the state of that round and session, and nothing else. */
export async function assertState(fs: FileSystem, folder: string, round: number, session: string): Promise<void> {
  const { files } = await walk(fs, folder);
  const found = await Promise.all(
    files.map(async (file) => [file, String(await fs.read(join(folder, file)))] as const),
  );
  assert.deepEqual(Object.fromEntries(found), stateOf(round, session), folder);
}
