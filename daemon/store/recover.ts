import { join } from "node:path";
import { SparringError } from "../errors.ts";
import { checkpointRounds, removeCheckpoint, removeCheckpointLeftovers } from "./checkpoints.ts";
import type { FileSystem } from "./fs.ts";
import { layout, type Slot } from "./layout.ts";
import type { RoundRecord, RunRecord } from "./records.ts";
import { findWholeSlot, otherSlot } from "./recovery.ts";
import { sampleRounds, setAside } from "./rewind.ts";
import { type RoundLog, readRoundLog } from "./rounds.ts";
import { temporarySuffix } from "./tree.ts";

/** What a start-up finds in a run's folder, and where training goes on. */
export interface Recovered {
  /** The last round whose state is whole, and the folder with that state; undefined: start the run at its beginning. */
  readonly from: { readonly round: number; readonly dir: string } | undefined;
  /** The finished rounds up to and including it. */
  readonly rounds: readonly RoundRecord[];
  /** Finished rounds after it, kept aside; they will be played again. */
  readonly rewound: readonly RoundRecord[];
  /** Where those lie, with their samples and checkpoints; undefined where there are none. */
  readonly rewoundDir: string | undefined;
  /** Sentences for a person, one for each thing that was not in order. */
  readonly notes: readonly string[];
}

/** Where the writer stands in the files of its run. */
export interface Position {
  /** The last finished round; before the first one the number before it. */
  readonly round: number;
  /** Length of rounds.jsonl up to that round's line. */
  readonly bytes: number;
  /** The slot for the next snapshot. */
  readonly slot: Slot;
}

/**
 * The position in a run without rounds. The first line of rounds.jsonl is the state before training: round 0, in a fork the
 * parent's round, so that a fork's own slot holds its start and no fork depends on its parent's checkpoints.
 */
export function beginningOf({ lineage }: RunRecord): Position {
  return { round: (lineage.parent?.round ?? 0) - 1, bytes: 0, slot: "a" };
}

/**
 * Brings the files of a run in order after a crash: cuts a torn end of rounds.jsonl, goes back to the newest round whose
 * snapshot is whole, keeps later rounds aside, and removes what belongs to no finished round. May itself be cut short at any
 * point and run again.
 * @throws SparringError `store/corrupt-rounds`, `store/recovery-damaged`
 */
export async function recoverFiles(
  fs: FileSystem,
  dir: string,
  record: RunRecord,
): Promise<{ recovered: Recovered; position: Position }> {
  const notes: string[] = [];
  const log = await readRoundLog(fs, dir);
  const beginning = beginningOf(record);
  await refuseLostRounds(fs, dir, log, beginning);
  if (log.tornBytes > 0) {
    await cutRounds(fs, dir, log, log.rounds.length);
    notes.push("A round was being written when the last session ended; it is played again.");
  }

  const { index, damaged } = await findWholeSlot(fs, dir, log.rounds);
  for (const round of damaged) notes.push(`The recovery snapshot of round ${round} is damaged and was not used.`);
  const keep = index === undefined ? 0 : index + 1;
  const rounds = log.rounds.slice(0, keep);
  const rewound = log.rounds.slice(keep);
  let rewoundDir: string | undefined;
  if (rewound.length > 0) {
    rewoundDir = await setAside(fs, dir, rewound);
    await cutRounds(fs, dir, log, keep);
    const range =
      rewound.length === 1
        ? `Round ${rewound[0]!.round} is`
        : `Rounds ${rewound[0]!.round}–${rewound.at(-1)!.round} are`;
    notes.push(`${range} after the newest whole snapshot: kept in ${rewoundDir} and played again.`);
  }
  const last = rounds.at(-1);
  await removeLeftovers(fs, dir, last?.round ?? beginning.round);
  return {
    recovered: {
      from: last && { round: last.round, dir: layout.slot(dir, last.recovery!.slot) },
      rounds,
      rewound,
      rewoundDir,
      notes,
    },
    position: last
      ? { round: last.round, bytes: log.ends[keep - 1]!, slot: otherSlot(last.recovery!.slot) }
      : beginning,
  };
}

/**
 * Only the next round can have samples or a checkpoint without its line. Later ones mean that rounds.jsonl lost lines: then what
 * looks like a leftover is a person's data.
 */
async function refuseLostRounds(fs: FileSystem, dir: string, log: RoundLog, beginning: Position): Promise<void> {
  const last = log.rounds.at(-1)?.round ?? beginning.round;
  const samples = await sampleRounds(fs, dir);
  const checkpoints = await checkpointRounds(fs, dir);
  const newest = Math.max(last, samples.at(-1) ?? last, checkpoints.at(-1) ?? last);
  if (newest <= last + 1) return;
  const file = layout.rounds(dir);
  throw new SparringError(
    "store/corrupt-rounds",
    `The newest round in ${file} is ${log.rounds.at(-1)?.round ?? "none"}, but there are samples or checkpoints of round ${newest}.`,
    "Restore the file from a backup, or fork from a checkpoint; samples and checkpoints are untouched.",
    { place: file },
  );
}

async function cutRounds(fs: FileSystem, dir: string, { ends }: RoundLog, keep: number): Promise<void> {
  await fs.truncate(layout.rounds(dir), keep === 0 ? 0 : ends[keep - 1]!);
  await fs.syncFile(layout.rounds(dir));
}

/** Removes the samples and the checkpoint of a round that never finished, and temporary files. */
async function removeLeftovers(fs: FileSystem, dir: string, last: number): Promise<void> {
  await removeCheckpointLeftovers(fs, dir);
  for (const round of await checkpointRounds(fs, dir)) {
    if (round > last) await removeCheckpoint(fs, dir, round);
  }
  for (const round of await sampleRounds(fs, dir)) {
    if (round > last) await fs.removeFile(layout.samples(dir, round));
  }
  for (const { name } of await fs.list(layout.samplesFolder(dir))) {
    if (name.endsWith(temporarySuffix)) await fs.removeFile(join(layout.samplesFolder(dir), name));
  }
}
