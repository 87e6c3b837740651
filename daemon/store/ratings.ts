import { join } from "node:path";
import { SparringError } from "../errors.ts";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { toJsonLines } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { type MarkKind, markLineSchema, readMarkLines, standing, writtenLine } from "./mark-lines.ts";
import { type Rating, type RoundRecord, ratingSchema } from "./records.ts";
import { replaceFile } from "./tree.ts";

/**
 * Ratings of answers, in ratings.jsonl. Those whose rounds were set aside by a recovery (see rewind.ts) are kept with those
 * rounds and don't stand.
 */
export const ratings: MarkKind<Rating> = {
  file: (dir) => layout.ratings(dir),
  name: "rating",
  lines: {
    schema: markLineSchema("rating", ratingSchema),
    what: "a rating",
    code: "store/corrupt-ratings",
    next: "Correct that line, or move it to another file; ratings can be added again after that.",
  },
  idsAside: readIdsAside,
  conflict,
  undone,
  unknown,
};

/** The ratings of a run that stand. Changes nothing. @throws SparringError `store/corrupt-ratings`, with file and line */
export async function readRatings(fs: FileSystem, dir: string): Promise<readonly Rating[]> {
  const { values } = await readMarkLines(fs, dir, ratings);
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
  const rated = (await readRatings(fs, dir)).filter(({ round }) => round >= first && round <= last);
  if (rated.length === 0) return;
  const { values: before } = await readMarkLines(fs, folder, ratings);
  const lines = [...before, ...rated.map((mark) => ({ mark }))].map((line) => writtenLine(ratings, line));
  await replaceFile(fs, layout.ratings(folder), toJsonLines(lines));
}

/** The folders of rounds that were set aside. */
export async function rewoundFolders(fs: FileSystem, dir: string): Promise<string[]> {
  const entries = await orIfMissing(fs.list(layout.rewound(dir)), []);
  const folders = entries.filter(({ kind }) => kind === "folder");
  return folders.map(({ name }) => join(layout.rewound(dir), name)).sort();
}

/** Ids of the ratings that were set aside with the rounds that they belong to: those rounds are played again. */
async function readIdsAside(fs: FileSystem, dir: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const folder of await rewoundFolders(fs, dir)) {
    const { values } = await readMarkLines(fs, folder, ratings);
    for (const line of values) if ("mark" in line) ids.add(line.mark.id);
  }
  return ids;
}

function conflict(id: string, place: string): SparringError {
  return new SparringError(
    "store/rating-conflict",
    `There is another rating with the id "${id}".`,
    "Give each rating an id of its own; to change one, take it back and add a new one.",
    { place },
  );
}

function undone(id: string, place: string): SparringError {
  return new SparringError("store/rating-undone", `The rating "${id}" was taken back.`, "Rate again under a new id.", {
    place,
  });
}

function unknown(id: string, place: string): SparringError {
  return new SparringError(
    "store/unknown-rating",
    `No rating with the id "${id}" stands.`,
    "Run `sparring rate <run> --list`, which shows those that do; ratings of rounds that are played again are kept in rewound/.",
    { place },
  );
}
