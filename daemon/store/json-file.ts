import { z } from "zod";
import { SparringError } from "../errors.ts";
import { firstIssue, parseJson } from "./jsonl.ts";

/** What a JSON file with a format number holds, for the error where it does not. */
export interface FileKind<T> {
  readonly schema: z.ZodType<T>;
  /** The format that this program reads and writes. */
  readonly format: number;
  /** What the file is, e.g. "the record of a run". */
  readonly what: string;
  /** Code and next step of the error where it is not that. */
  readonly code: string;
  readonly next: string;
}

const headSchema = z.looseObject({ format: z.number() });

/** Validates the content of a JSON file. @throws SparringError `store/newer-format`, or the kind's own code */
export function parseJsonFile<T>(bytes: Uint8Array, file: string, kind: FileKind<T>): T {
  const json = parseJson(bytes);
  const head = headSchema.safeParse(json);
  if (head.success && head.data.format > kind.format) {
    throw new SparringError(
      "store/newer-format",
      `${file} was written by a newer Sparring (format ${head.data.format}; this one reads format ${kind.format}).`,
      "Update Sparring; the file is untouched.",
      { place: file },
    );
  }
  const parsed = kind.schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fault = json === undefined ? "it is not JSON" : firstIssue(parsed.error);
  throw new SparringError(kind.code, `${file} is not ${kind.what}: ${fault}.`, kind.next, { place: file });
}

/** The bytes of a JSON file that people may read, too. */
export function toJsonFile(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
