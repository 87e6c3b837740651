import { orIfMissing } from "../file-errors.ts";
import type { FileSystem } from "../fs.ts";
import { parseJson } from "../jsonl.ts";
import { layout } from "../layout.ts";
import { linesBackwards } from "../lines-backwards.ts";
import type { RoundRecord } from "../records.ts";
import { parseRoundLine } from "../rounds.ts";

/** The first and the newest things that a run's rounds say. */
export interface RoundEnds {
  /** The last finished round. */
  readonly last: RoundRecord | undefined;
  readonly accuracy: { readonly first: number; readonly last: number } | null;
}

const metric = "eval/accuracy";
/** In a line of JSON these bytes are a key and nothing else: in a text the quotes would be escaped. */
const key = Buffer.from(`"${metric}":`);
const chunkBytes = 64 * 1024;

/**
 * Reads both ends of rounds.jsonl, as far as needed: from the start to the first evaluated round, and from the end to the
 * newest. Lines between are not read, and those without an accuracy not parsed, so this is fast however rare evaluations are.
 * @throws SparringError `store/corrupt-rounds` where a line that was read is not a round's
 */
export async function readRoundEnds(fs: FileSystem, dir: string): Promise<RoundEnds> {
  const file = layout.rounds(dir);
  const none: RoundEnds = { last: undefined, accuracy: null };
  if ((await orIfMissing(fs.size(file), undefined)) === undefined) return none;
  let last: RoundRecord | undefined;
  let isAtEnd = true;
  for await (const line of linesBackwards(fs, file)) {
    // The last line may be torn: its newline can reach the disk without its beginning.
    const isTorn = isAtEnd && parseJson(line) === undefined;
    isAtEnd = false;
    if (isTorn) continue;
    last ??= parseRoundLine(line, file);
    const newest = accuracyOf(line, file);
    if (newest === undefined) continue;
    return { last, accuracy: { first: (await firstAccuracy(fs, file)) ?? newest, last: newest } };
  }
  return { ...none, last };
}

async function firstAccuracy(fs: FileSystem, file: string): Promise<number | undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of fs.readChunks(file, chunkBytes)) {
    rest = Buffer.concat([rest, chunk]);
    for (let newline = rest.indexOf(10); newline >= 0; newline = rest.indexOf(10)) {
      const accuracy = accuracyOf(rest.subarray(0, newline), file);
      if (accuracy !== undefined) return accuracy;
      rest = rest.subarray(newline + 1);
    }
  }
  return undefined;
}

function accuracyOf(line: Buffer, file: string): number | undefined {
  return line.includes(key) ? (parseRoundLine(line, file).metrics[metric] ?? undefined) : undefined;
}
