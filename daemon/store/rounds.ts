import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { corrupt, type LineKind, parseJsonLines } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { type RoundRecord, roundRecordSchema } from "./records.ts";

const lines: LineKind<RoundRecord> = {
  schema: roundRecordSchema,
  what: "the record of a round",
  code: "store/corrupt-rounds",
  next: "Restore the file from a backup, or fork from a checkpoint; samples and checkpoints are untouched.",
};

/** rounds.jsonl as it lies. */
export interface RoundLog {
  /** The finished rounds, without gaps. The first is the state before training: 0, or a fork's round. */
  readonly rounds: readonly RoundRecord[];
  /** Byte offset at which each round's line ends. */
  readonly ends: readonly number[];
  /** Bytes after the last line, of a write that was cut short: no round. */
  readonly tornBytes: number;
}

/** Reads rounds.jsonl (a missing file has no rounds). @throws SparringError `store/corrupt-rounds`, with file and line */
export async function readRoundLog(fs: FileSystem, dir: string): Promise<RoundLog> {
  const file = layout.rounds(dir);
  const bytes = await orIfMissing(fs.read(file), new Uint8Array());
  const { values: rounds, ends, tornBytes } = parseJsonLines(bytes, file, lines);
  for (const [i, { round }] of rounds.entries()) {
    const expected = rounds[0]!.round + i;
    if (round !== expected) throw corrupt(lines, `${file}:${i + 1}`, `round ${round} stands where ${expected} should`);
  }
  return { rounds, ends, tornBytes };
}
