import { SparringError } from "../errors.ts";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { corrupt, type LineKind, parseJsonLines, toJsonLines } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { type QueryRecord, queryRecordSchema } from "./records.ts";
import { replaceFile } from "./tree.ts";

const lines: LineKind<QueryRecord> = {
  schema: queryRecordSchema,
  what: "a query with its answers",
  code: "store/corrupt-samples",
  next: "Restore the file from a backup; training goes on without it, and all other rounds are untouched.",
};

/** Writes samples/NNNNNN.jsonl, durably: the file is there as a whole or not at all. */
export async function writeSamples(
  fs: FileSystem,
  dir: string,
  round: number,
  queries: readonly QueryRecord[],
): Promise<void> {
  await replaceFile(fs, layout.samples(dir, round), toJsonLines(queries));
}

/**
 * Reads a round's queries with their answers.
 * @throws SparringError `store/no-samples`, or `store/corrupt-samples` with file and line
 */
export async function readSamples(fs: FileSystem, dir: string, round: number): Promise<readonly QueryRecord[]> {
  const file = layout.samples(dir, round);
  const bytes = await orIfMissing(fs.read(file), undefined);
  if (bytes === undefined) {
    throw new SparringError(
      "store/no-samples",
      `There are no samples of round ${round}.`,
      "Choose a round that this run has finished.",
      { place: file },
    );
  }
  const { values, tornBytes } = parseJsonLines(bytes, file, lines);
  if (tornBytes > 0) throw corrupt(lines, `${file}:${values.length + 1}`, "the line is cut short");
  return values;
}
