import { join } from "node:path";
import { z } from "zod";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { type JsonLines, type LineKind, parseJsonLines, toJsonLines } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { type Rating, type RoundRecord, ratingSchema } from "./records.ts";
import { replaceFile } from "./tree.ts";

const lineSchema = z.union([
  z.strictObject({ rating: ratingSchema }),
  /** A tombstone: the rating with this id was taken back. */
  z.strictObject({ undo: z.string(), at: z.string() }),
]);
/** One line of ratings.jsonl. */
export type RatingLine = z.infer<typeof lineSchema>;

const lines: LineKind<RatingLine> = {
  schema: lineSchema,
  what: "a rating",
  code: "store/corrupt-ratings",
  next: "Correct that line, or move it to another file; ratings can be added again after that.",
};

/** Reads ratings.jsonl as it lies (a missing file is empty). @throws SparringError `store/corrupt-ratings`, file and line */
export async function readRatingLines(fs: FileSystem, dir: string): Promise<JsonLines<RatingLine>> {
  const file = layout.ratings(dir);
  return parseJsonLines(await orIfMissing(fs.read(file), new Uint8Array()), file, lines);
}

/** Ids of the ratings that were set aside with the rounds that they belong to: those rounds are played again. */
export async function readIdsAside(fs: FileSystem, dir: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const folder of await rewoundFolders(fs, dir)) {
    const { values } = await readRatingLines(fs, folder);
    for (const line of values) if ("rating" in line) ids.add(line.rating.id);
  }
  return ids;
}

/** The folders of rounds that were set aside. */
export async function rewoundFolders(fs: FileSystem, dir: string): Promise<string[]> {
  const entries = await orIfMissing(fs.list(layout.rewound(dir)), []);
  const folders = entries.filter(({ kind }) => kind === "folder");
  return folders.map(({ name }) => join(layout.rewound(dir), name)).sort();
}

/** The ratings that stand, in the order in which they were made: not taken back, and not set aside. */
export function standing(lines: readonly RatingLine[], aside: ReadonlySet<string>): Map<string, Rating> {
  const ratings = new Map<string, Rating>();
  for (const line of lines) {
    if ("undo" in line) ratings.delete(line.undo);
    else if (!aside.has(line.rating.id)) ratings.set(line.rating.id, line.rating);
  }
  return ratings;
}

/** The ratings of a run that stand. Changes nothing. @throws SparringError `store/corrupt-ratings`, with file and line */
export async function readRatings(fs: FileSystem, dir: string): Promise<readonly Rating[]> {
  const { values } = await readRatingLines(fs, dir);
  return values.length === 0 ? [] : [...standing(values, await readIdsAside(fs, dir)).values()];
}

/**
 * Copies the ratings of rounds that are set aside to `folder`/ratings.jsonl, durably. From then on they don't stand: what is
 * rated under those rounds' numbers later belongs to the rounds that are played in their place. ratings.jsonl itself is
 * only read, so a journal that is in use is not disturbed. Called again for the same folder, it keeps what lies there.
 */
export async function setRatingsAside(
  fs: FileSystem,
  dir: string,
  folder: string,
  rounds: readonly RoundRecord[],
): Promise<void> {
  const [first, last] = [rounds[0]!.round, rounds.at(-1)!.round];
  const ratings = (await readRatings(fs, dir)).filter(({ round }) => round >= first && round <= last);
  if (ratings.length === 0) return;
  const { values: before } = await readRatingLines(fs, folder);
  await replaceFile(fs, layout.ratings(folder), toJsonLines([...before, ...ratings.map((rating) => ({ rating }))]));
}
