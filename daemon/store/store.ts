import { SparringError } from "../errors.ts";
import { addAgreed, readAgreed } from "./agreed.ts";
import { type Checkpoint, findCheckpoint, listCheckpoints } from "./checkpoints.ts";
import { orIfMissing, withClearErrors } from "./file-errors.ts";
import { type FileStamp, type FileSystem, nodeFileSystem } from "./fs.ts";
import { InOrder } from "./in-order.ts";
import { Journal } from "./journal.ts";
import { toJsonFile } from "./json-file.ts";
import { layout } from "./layout.ts";
import { acquireWriterLock } from "./lock.ts";
import { picks } from "./picks.ts";
import { type Processes, systemProcesses } from "./processes.ts";
import { ratings } from "./ratings.ts";
import type { PickRecord, QueryRecord, Rating, RoundRecord, RunRecord, RunStatus } from "./records.ts";
import { beginningOf } from "./recover.ts";
import { sampleRounds } from "./rewind.ts";
import { type RoundPage, readRoundLog, readRoundsAfter } from "./rounds.ts";
import { checkRunExists, checkRunId, hasRunRecord, listKnownIds, listRunIds, readRunRecord } from "./run-record.ts";
import { RunWriter } from "./run-writer.ts";
import { readSamples } from "./samples.ts";
import { readStatus, writeStatus } from "./status.ts";
import { ensureFolder, ensureFolders, replaceFile } from "./tree.ts";

/**
 * The runs below SPARRING_HOME. Reading needs no lock and sees only finished rounds and whole checkpoints; writing goes
 * through a `RunWriter`, one per run on any machine.
 *
 * Every method can throw `store/not-readable`; those that write also `store/disk-full` and `store/not-writable`; those that
 * take an id also `store/bad-run-id`.
 */
export class Store {
  readonly home: string;
  /** The disk, with errors that a person can act on. */
  readonly fs: FileSystem;
  readonly #processes: Processes;
  readonly #statusWrites = new InOrder();
  readonly #agreements = new InOrder();

  constructor(home: string, { fs = nodeFileSystem, processes = systemProcesses }: StoreOptions = {}) {
    this.home = home;
    this.fs = withClearErrors(fs);
    this.#processes = processes;
  }

  /** The folder of a run, whether it exists or not. */
  dir(id: string): string {
    checkRunId(id);
    return layout.run(this.home, id);
  }

  /** The folder of a run, or of one that was asked for. @throws SparringError `store/unknown-run` (with the nearest id) */
  async existingDir(id: string): Promise<string> {
    await checkRunExists(this.fs, this.home, id);
    return this.dir(id);
  }

  /** Ids of all runs, sorted. */
  listRuns(): Promise<string[]> {
    return listRunIds(this.fs, this.home);
  }

  /** Ids of all runs, with those that were asked for and have not started yet; sorted. */
  listAll(): Promise<string[]> {
    return listKnownIds(this.fs, this.home);
  }

  /**
   * @throws SparringError `store/unknown-run` (with the nearest id), `store/not-started`, `store/newer-format`,
   * `store/corrupt-run`
   */
  readRun(id: string): Promise<RunRecord> {
    return readRunRecord(this.fs, this.home, id);
  }

  /**
   * The control state of a run; undefined for a run that was made without the daemon.
   * @throws SparringError `store/unknown-run`, `store/newer-format`, `store/corrupt-status`
   */
  async readStatus(id: string): Promise<RunStatus | undefined> {
    return readStatus(this.fs, await this.existingDir(id));
  }

  /**
   * Replaces the control state of a run, durably, and creates the run's folder where it is missing. Calls take effect one
   * after the other.
   */
  async writeStatus(id: string, status: RunStatus): Promise<void> {
    await this.#statusWrites.run(async () => writeStatus(this.fs, await this.#ensureDir(id), status));
  }

  /**
   * The servers that a run's user has agreed to have its queries and answers sent to, as origins; none where there is no such run.
   * A fork is a run of its own, and has none of its parent's.
   * @throws SparringError `store/newer-format`, `store/corrupt-agreed`
   */
  async agreed(id: string): Promise<string[]> {
    return (await readAgreed(this.fs, this.dir(id))).map(({ origin }) => origin);
  }

  /**
   * Takes down that a run's user agrees to some origins, durably, and creates the run's folder where it is missing. Done twice, it
   * counts once.
   * @throws SparringError as `agreed`
   */
  async agree(id: string, origins: readonly string[]): Promise<void> {
    if (origins.length === 0) return;
    await this.#agreements.run(async () => addAgreed(this.fs, await this.#ensureDir(id), origins, new Date()));
  }

  /** The finished rounds, oldest first. @throws SparringError `store/unknown-run`, `store/corrupt-rounds` (file and line) */
  async readRounds(id: string): Promise<readonly RoundRecord[]> {
    return (await readRoundLog(this.fs, await this.existingDir(id))).rounds;
  }

  /**
   * The first `limit` finished rounds after `after` (−1: from the first on).
   * @throws SparringError `store/unknown-run`, `store/corrupt-rounds` (file and line)
   */
  async readRoundsAfter(id: string, after: number, limit: number): Promise<RoundPage> {
    return readRoundsAfter(this.fs, await this.existingDir(id), after, limit);
  }

  /**
   * Opens the journal of a run's ratings. There may be one at a time: keep it as long as the run can be rated.
   * @throws SparringError `store/unknown-run`, `store/corrupt-ratings` (file and line)
   */
  async openRatings(id: string): Promise<Journal<Rating>> {
    return Journal.open(this.fs, await this.existingDir(id), ratings);
  }

  /**
   * Opens the journal of a run's choices between answers. There may be one at a time: keep it as long as somebody may choose.
   * @throws SparringError `store/unknown-run`, `store/corrupt-picks` (file and line)
   */
  async openPicks(id: string): Promise<Journal<PickRecord>> {
    return Journal.open(this.fs, await this.existingDir(id), picks);
  }

  /** @throws SparringError `store/unknown-run`, `store/no-samples`, `store/corrupt-samples` (file and line) */
  async readSamples(id: string, round: number): Promise<readonly QueryRecord[]> {
    return readSamples(this.fs, await this.existingDir(id), round);
  }

  /** What tells a round's samples from those of another playing of it; undefined where there are none. @throws SparringError `store/unknown-run` */
  async stampOfSamples(id: string, round: number): Promise<FileStamp | undefined> {
    return orIfMissing(this.fs.stamp(layout.samples(await this.existingDir(id), round)), undefined);
  }

  /** The rounds whose samples are there, in order; the last of them may not be finished. @throws SparringError `store/unknown-run` */
  async sampleRounds(id: string): Promise<number[]> {
    return orIfMissing(sampleRounds(this.fs, await this.existingDir(id)), []);
  }

  /** Whole checkpoints, oldest first. @throws SparringError `store/unknown-run` */
  async listCheckpoints(id: string): Promise<Checkpoint[]> {
    return listCheckpoints(this.fs, await this.existingDir(id));
  }

  /** @throws SparringError `store/unknown-run`, `store/unknown-checkpoint` (naming those there are) */
  async findCheckpoint(id: string, round: number): Promise<Checkpoint> {
    return findCheckpoint(this.fs, await this.existingDir(id), round);
  }

  /**
   * Creates a run. It exists from the moment its run.json does, which comes last; a creation cut short can be repeated.
   * @throws SparringError `store/run-exists`, `store/locked`, `store/locked-elsewhere`
   */
  async create(record: RunRecord): Promise<RunWriter> {
    const fs = this.fs;
    const dir = this.dir(record.id);
    await ensureFolders(fs, layout.runs(this.home));
    await ensureFolder(fs, dir);
    const release = await acquireWriterLock(fs, dir, record.id, this.#processes);
    try {
      if (await hasRunRecord(fs, dir)) throw runExists(record.id, dir);
      await fs.syncFolder(layout.runs(this.home));
      await createFiles(fs, dir, record);
    } catch (error) {
      await release();
      throw error;
    }
    return new RunWriter(fs, dir, record, release, beginningOf(record));
  }

  /**
   * Opens a run for writing; `recover` comes next.
   * @throws SparringError as `readRun`, and `store/locked`, `store/locked-elsewhere`
   */
  async open(id: string): Promise<RunWriter> {
    const dir = this.dir(id);
    const record = await this.readRun(id);
    const release = await acquireWriterLock(this.fs, dir, id, this.#processes);
    return new RunWriter(this.fs, dir, record, release, undefined);
  }

  /** Creates the folder of a run where it is missing, durably. @returns its path */
  async #ensureDir(id: string): Promise<string> {
    const dir = this.dir(id);
    await ensureFolders(this.fs, layout.runs(this.home));
    await ensureFolder(this.fs, dir);
    await this.fs.syncFolder(layout.runs(this.home));
    return dir;
  }
}

/** What tests replace. */
export interface StoreOptions {
  readonly fs?: FileSystem;
  readonly processes?: Processes;
}

/** Lays out a run's folder, durably; run.json comes last and makes it a run. */
async function createFiles(fs: FileSystem, dir: string, record: RunRecord): Promise<void> {
  for (const folder of [layout.samplesFolder(dir), layout.checkpoints(dir), layout.recovery(dir)]) {
    await ensureFolder(fs, folder);
  }
  await ensureFolder(fs, layout.slot(dir, "a"));
  await ensureFolder(fs, layout.slot(dir, "b"));
  await fs.syncFolder(layout.recovery(dir));
  await fs.write(layout.rounds(dir), new Uint8Array());
  await fs.syncFolder(dir);
  try {
    await replaceFile(fs, layout.record(dir), toJsonFile(record));
  } catch (error) {
    // Its name may be there already: a run whose creation failed must not exist.
    await orIfMissing(fs.removeFile(layout.record(dir)), undefined);
    throw error;
  }
}

function runExists(id: string, dir: string): SparringError {
  return new SparringError(
    "store/run-exists",
    `There is a run "${id}" already.`,
    "Choose another id, or resume that run.",
    { place: dir },
  );
}
