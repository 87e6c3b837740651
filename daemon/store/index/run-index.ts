import { Low } from "lowdb";
import { SparringError } from "../../errors.ts";
import { InOrder } from "../in-order.ts";
import { layout } from "../layout.ts";
import type { Store } from "../store.ts";
import type { RunFacts } from "./facts.ts";
import { type IndexData, IndexFile } from "./index-file.ts";
import { readFacts } from "./read-facts.ts";
import { stampOf } from "./stamps.ts";

/** The stamp of a run whose facts may be ahead of its files, or behind them: it is read again at the next start. */
const unknownStamp = "";

interface Reading {
  readonly id: string;
  noted: Partial<RunFacts>;
}

/** What tests replace. */
export interface RunIndexOptions {
  /** db.json is written at most this often, milliseconds. */
  readonly writeEveryMs?: number;
  /** Hears why db.json could not be written; nothing is lost by that but time at the next start. */
  readonly onProblem?: (error: unknown) => void;
}

/**
 * The facts of every run, in memory, for lists. They are kept in db.json, so that a start reads only the runs that changed
 * since; deleting that file, or any other harm to it, costs one start that reads them all.
 */
export class RunIndex {
  /** Sentences for a person about what opening found. */
  readonly notes: readonly string[];
  readonly #store: Store;
  readonly #db: Low<IndexData>;
  readonly #writeEveryMs: number;
  readonly #onProblem: (error: unknown) => void;
  readonly #reads = new InOrder();
  /** The readings that were asked for, with what is noted of their run meanwhile. */
  readonly #readings = new Set<Reading>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** Loads db.json and reads the runs that changed since it was written. @throws SparringError `store/not-readable` */
  static async open(store: Store, options: RunIndexOptions = {}): Promise<RunIndex> {
    const file = layout.index(store.home);
    const adapter = new IndexFile(store.fs, file);
    const db = new Low<IndexData>(adapter, { format: 2, runs: {} });
    await db.read();
    const notes = adapter.wasUnusable ? [`${file} was not an index that this version reads; it was made again.`] : [];
    const index = new RunIndex(store, db, notes, options);
    await index.#readAll();
    return index;
  }

  private constructor(store: Store, db: Low<IndexData>, notes: readonly string[], options: RunIndexOptions) {
    this.#store = store;
    this.#db = db;
    this.notes = notes;
    this.#writeEveryMs = options.writeEveryMs ?? 3000;
    this.#onProblem = options.onProblem ?? (() => {});
  }

  /** What is known of a run; undefined where there is none. */
  facts(id: string): RunFacts | undefined {
    return this.#runs[id]?.facts;
  }

  /** All runs, the newest first. */
  list(): RunFacts[] {
    return Object.values(this.#runs)
      .map(({ facts }) => facts)
      .sort((a, b) => compare(b.createdAt, a.createdAt) || compare(a.id, b.id));
  }

  /**
   * Reads a run's files again, and forgets a run that is gone. What is noted meanwhile stands.
   * @throws SparringError `store/bad-run-id`, `store/not-readable`
   */
  async refresh(id: string): Promise<RunFacts | undefined> {
    const reading: Reading = { id, noted: {} };
    this.#readings.add(reading);
    try {
      await this.#reads.run(() => this.#read(reading));
    } finally {
      this.#readings.delete(reading);
    }
    return this.facts(id);
  }

  /** Changes what is known of a run, in memory: for what its files will say, or say already. Unknown runs are left alone. */
  note(id: string, change: Partial<RunFacts>): void {
    for (const reading of this.#readings) {
      if (reading.id === id) reading.noted = { ...reading.noted, ...change };
    }
    const known = this.#runs[id];
    if (known) this.#set(id, { stamp: unknownStamp, facts: { ...known.facts, ...change } });
  }

  /** Writes db.json for the last time. */
  async close(): Promise<void> {
    if (!this.#timer) return this.#writing;
    clearTimeout(this.#timer);
    await this.#write();
  }

  get #runs(): IndexData["runs"] {
    return this.#db.data.runs;
  }

  async #readAll(): Promise<void> {
    const ids = await this.#store.listAll();
    for (const id of Object.keys(this.#runs)) {
      if (!ids.includes(id)) this.#forget(id);
    }
    const stamps = await Promise.all(ids.map((id) => stampOf(this.#store.fs, this.#store.dir(id))));
    for (const [i, id] of ids.entries()) {
      if (this.#runs[id]?.stamp !== stamps[i]) await this.#read({ id, noted: {} });
    }
  }

  /** Stamps come before the facts: what changes while they are read is read again at the next start. */
  async #read(reading: Reading): Promise<void> {
    const { id } = reading;
    const stamp = await stampOf(this.#store.fs, this.#store.dir(id));
    try {
      const facts = await readFacts(this.#store, id);
      const isNoted = Object.keys(reading.noted).length > 0;
      this.#set(id, { stamp: isNoted ? unknownStamp : stamp, facts: { ...facts, ...reading.noted } });
    } catch (error) {
      if (!(error instanceof SparringError && error.code === "store/unknown-run")) throw error;
      this.#forget(id);
    }
  }

  #set(id: string, entry: IndexData["runs"][string]): void {
    this.#runs[id] = entry;
    this.#writeSoon();
  }

  #forget(id: string): void {
    if (!this.#runs[id]) return;
    delete this.#runs[id];
    this.#writeSoon();
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => void this.#write(), this.#writeEveryMs).unref();
  }

  #write(): Promise<void> {
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#db.write()).catch(this.#onProblem);
    return this.#writing;
  }
}

/** In the order of UTF-16 code units, which for ISO times is that of time. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
