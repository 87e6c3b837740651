import type { Checkpoint, Retention } from "./checkpoints.ts";
import { findCheckpoint, retainCheckpoints, writeCheckpoint } from "./checkpoints.ts";
import type { FileSystem } from "./fs.ts";
import { InOrder } from "./in-order.ts";
import { toJsonLines } from "./jsonl.ts";
import { layout } from "./layout.ts";
import type { QueryRecord, RoundRecord, RunRecord } from "./records.ts";
import { type Position, type Recovered, recoverFiles } from "./recover.ts";
import { otherSlot, writeSlot } from "./recovery.ts";
import { writeSamples } from "./samples.ts";

/** A finished round, to be made durable. */
export interface RoundCommit {
  /** Its round follows the last committed one. The first is the state before training: round 0, in a fork the parent's. */
  readonly record: Omit<RoundRecord, "recovery">;
  readonly queries: readonly QueryRecord[];
  /**
   * Writes the state after this round (weights, moments, step, seen queries, …) into an empty folder, as files; the store
   * makes them durable. Weights must not change before it resolves. Absent: this round has no snapshot.
   */
  readonly saveState?: (folder: string) => Promise<void>;
}

/**
 * The one writer of a run's folder. Get it from `Store.create` or `Store.open`; after `open`, `recover` comes first.
 * Its operations take effect one after the other, in the order of the calls.
 */
export class RunWriter {
  readonly record: RunRecord;
  readonly dir: string;
  readonly #fs: FileSystem;
  readonly #release: () => Promise<void>;
  #position: Position | undefined;
  /** A failed commit may have left bytes of its line behind the position. */
  #tailIsClean = true;
  readonly #operations = new InOrder();

  constructor(
    fs: FileSystem,
    dir: string,
    record: RunRecord,
    release: () => Promise<void>,
    position: Position | undefined,
  ) {
    this.#fs = fs;
    this.dir = dir;
    this.record = record;
    this.#release = release;
    this.#position = position;
  }

  /**
   * Brings the folder in order after a crash and says where training goes on.
   * @throws SparringError `store/corrupt-rounds`, `store/recovery-damaged`
   */
  recover(): Promise<Recovered> {
    return this.#operations.run(async () => {
      const { recovered, position } = await recoverFiles(this.#fs, this.dir, this.record);
      this.#position = position;
      return recovered;
    });
  }

  /**
   * Makes a finished round durable, in the order samples → snapshot into the other slot → line in rounds.jsonl. When this
   * resolves, the round outlives a power cut. When it rejects, the rounds before are as they were, and the same round can
   * be committed again. The next round may be sampled meanwhile, but weights must not change before `saveState` resolves.
   * @returns the record as written, with its recovery snapshot
   */
  commitRound(commit: RoundCommit): Promise<RoundRecord> {
    return this.#operations.run(async () => {
      const position = this.#knownPosition();
      const { round } = commit.record;
      if (round !== position.round + 1) throw new Error(`round ${round} came where ${position.round + 1} is next`);
      await writeSamples(this.#fs, this.dir, round, commit.queries);
      const recovery = commit.saveState && (await writeSlot(this.#fs, this.dir, position.slot, commit.saveState));
      const record: RoundRecord = recovery ? { ...commit.record, recovery } : commit.record;
      const line = toJsonLines([record]);
      await this.#appendLine(line, position.bytes);
      this.#position = {
        round,
        bytes: position.bytes + line.length,
        slot: recovery ? otherSlot(recovery.slot) : position.slot,
      };
      return record;
    });
  }

  /**
   * Writes checkpoints/NNNNNN through `write`, which fills an empty folder with files; replaces one of the same round. Whole
   * and durable when this resolves. Call it before the round's `commitRound`, so that a finished round has its checkpoint:
   * the checkpoint of a round that never finished is removed by `recover`.
   */
  writeCheckpoint(round: number, write: (folder: string) => Promise<void>): Promise<Checkpoint> {
    return this.#operations.run(async () => {
      await writeCheckpoint(this.#fs, this.dir, round, write);
      return findCheckpoint(this.#fs, this.dir, round);
    });
  }

  /** Removes the checkpoints of finished rounds that `keep` does not name, so call it after `commitRound`. @returns their rounds */
  retainCheckpoints(keep: Retention): Promise<number[]> {
    return this.#operations.run(() => retainCheckpoints(this.#fs, this.dir, keep, this.#knownPosition().round));
  }

  /** Waits for what is under way and gives the run's lock back. */
  close(): Promise<void> {
    return this.#operations.run(this.#release);
  }

  #knownPosition(): Position {
    if (!this.#position) throw new Error("recover() must come first");
    return this.#position;
  }

  async #appendLine(line: Uint8Array, at: number): Promise<void> {
    const file = layout.rounds(this.dir);
    if (!this.#tailIsClean) await this.#fs.truncate(file, at);
    this.#tailIsClean = false;
    await this.#fs.append(file, line);
    await this.#fs.syncFile(file);
    this.#tailIsClean = true;
  }
}
