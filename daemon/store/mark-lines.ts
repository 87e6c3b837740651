import { z } from "zod";
import type { SparringError } from "../errors.ts";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { type JsonLines, type LineKind, parseJsonLines } from "./jsonl.ts";

/** Something that a person said about a run: a rating, or a choice between two answers. */
export interface Mark {
  /** Chosen by the client, so that a mark that is sent twice counts once. */
  readonly id: string;
  readonly at: string;
}

/** One line of a file of marks: a mark, or a tombstone, which says that the mark with this id was taken back. */
export type MarkLine<T extends Mark> =
  | { readonly mark: T }
  | { readonly undo: string /** When. */; readonly at: string };

/** A kind of marks: where they lie, what a line holds, and what is said when something is wrong. */
export interface MarkKind<T extends Mark> {
  file(dir: string): string;
  /** Under this name a mark stands in its line: `{"rating": …}`. */
  readonly name: string;
  readonly lines: LineKind<MarkLine<T>>;
  /** Ids of marks that don't stand though nobody took them back. */
  idsAside(fs: FileSystem, dir: string): Promise<ReadonlySet<string>>;
  /** Another mark has this id. */
  conflict(id: string, place: string): SparringError;
  /** The mark with this id was taken back. */
  undone(id: string, place: string): SparringError;
  /** No mark with this id stands. */
  unknown(id: string, place: string): SparringError;
}

/** The schema of a line whose mark stands under `name`. */
export function markLineSchema<T extends Mark>(name: string, schema: z.ZodType<T>): z.ZodType<MarkLine<T>> {
  return z.union([
    z.strictObject({ [name]: schema }).transform((line) => ({ mark: line[name] as T })),
    z.strictObject({ undo: z.string(), at: z.string() }),
  ]);
}

/** A line as it is written. */
export function writtenLine<T extends Mark>({ name }: MarkKind<T>, line: MarkLine<T>): object {
  return "mark" in line ? { [name]: line.mark } : line;
}

/** Reads a file of marks as it lies (a missing one is empty). @throws SparringError of the kind's lines, file and line */
export async function readMarkLines<T extends Mark>(
  fs: FileSystem,
  dir: string,
  kind: MarkKind<T>,
): Promise<JsonLines<MarkLine<T>>> {
  const file = kind.file(dir);
  return parseJsonLines(await orIfMissing(fs.read(file), new Uint8Array()), file, kind.lines);
}

/** The marks that stand, in the order in which they were made: not taken back, and not set aside. */
export function standing<T extends Mark>(lines: readonly MarkLine<T>[], aside: ReadonlySet<string>): Map<string, T> {
  const marks = new Map<string, T>();
  for (const line of lines) {
    if ("undo" in line) marks.delete(line.undo);
    else if (!aside.has(line.mark.id)) marks.set(line.mark.id, line.mark);
  }
  return marks;
}
