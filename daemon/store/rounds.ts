import { SparringError } from "../errors.ts";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { corrupt, firstIssue, type LineKind, parseJson, parseJsonLines } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { readLines } from "./read-lines.ts";
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
  if (rounds.length > 0) checkNumbers(rounds, rounds[0]!.round, file, 1);
  return { rounds, ends, tornBytes };
}

/** Some of a run's rounds, in order. */
export interface RoundPage {
  readonly rounds: readonly RoundRecord[];
  /** Whether there are later ones. */
  readonly more: boolean;
}

/**
 * The first `limit` rounds after `after`. Lines before the page are skipped and those after it not read, so asking for the newest
 * is cheap however many there are.
 * @throws SparringError `store/corrupt-rounds`, with file and line, where a line of the page is not the round it should be
 */
export async function readRoundsAfter(fs: FileSystem, dir: string, after: number, limit: number): Promise<RoundPage> {
  const file = layout.rounds(dir);
  const read = async (skip: number, count: number): Promise<readonly RoundRecord[]> => {
    const bytes = await orIfMissing(readLines(fs, file, skip, count), new Uint8Array());
    return parseJsonLines(bytes, file, lines, skip + 1).values;
  };
  const [first] = await read(0, 1);
  if (!first) return { rounds: [], more: false };
  const skip = Math.max(0, after + 1 - first.round);
  // One more than asked for: it says whether there are more, and only at the file's end may a line be torn.
  const rounds = await read(skip, limit + 1);
  checkNumbers(rounds, first.round + skip, file, skip + 1);
  return { rounds: rounds.slice(0, limit), more: rounds.length > limit };
}

/** Fails unless the rounds are numbered from `expected` on without a gap. `line`: that of the first of them. */
function checkNumbers(rounds: readonly RoundRecord[], expected: number, file: string, line: number): void {
  for (const [i, { round }] of rounds.entries()) {
    if (round === expected + i) continue;
    throw corrupt(lines, `${file}:${line + i}`, `round ${round} stands where ${expected + i} should`);
  }
}

/**
 * One line of rounds.jsonl, whose number in the file is not known.
 * @throws SparringError `store/corrupt-rounds`
 */
export function parseRoundLine(line: Uint8Array, file: string): RoundRecord {
  const json = parseJson(line);
  const parsed = roundRecordSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fault = json === undefined ? "it is not JSON" : firstIssue(parsed.error);
  const message = `A line of ${file} is not ${lines.what}: ${fault}.`;
  throw new SparringError(lines.code, message, lines.next, { place: file });
}
