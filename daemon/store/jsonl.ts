import type { z } from "zod";
import { SparringError } from "../errors.ts";

/** What a file holds, for the error where it does not. */
export interface LineKind<T> {
  readonly schema: z.ZodType<T>;
  /** What one line is, e.g. "a round". */
  readonly what: string;
  readonly code: string;
  readonly next: string;
}

export interface JsonLines<T> {
  readonly values: readonly T[];
  /** Byte offset at which each value's line ends, newline included. */
  readonly ends: readonly number[];
  /**
   * Bytes at the end that are no line: the write was cut short. That is a last line without its newline, or one that is
   * not JSON (pages of one write reach the disk in any order, so its newline may have arrived without its beginning).
   */
  readonly tornBytes: number;
}

/** One line a value. A number that does not exist (NaN, ±∞) becomes null, as the records demand. */
export function toJsonLines(values: readonly unknown[]): Uint8Array {
  return Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
}

/**
 * Reads lines of JSON and validates each. `firstLine`: number in the file of the first of them.
 * @throws SparringError with file and line, for every fault but a torn end
 */
export function parseJsonLines<T>(bytes: Uint8Array, file: string, kind: LineKind<T>, firstLine = 1): JsonLines<T> {
  const values: T[] = [];
  const ends: number[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    if (newline < 0) break;
    const end = newline + 1;
    const place = `${file}:${firstLine + values.length}`;
    const json = parseJson(bytes.subarray(start, newline));
    if (json === undefined) {
      if (end === bytes.length) break;
      throw corrupt(kind, place, "it is not JSON");
    }
    const parsed = kind.schema.safeParse(json);
    if (!parsed.success) throw corrupt(kind, place, firstIssue(parsed.error));
    values.push(parsed.data);
    ends.push(end);
    start = end;
  }
  return { values, ends, tornBytes: bytes.length - start };
}

/**
 * The first fault that a schema found, with its path: `metrics.reward: expected number, received string`. Where one of several
 * shapes is expected, that of the shape which fits deepest.
 */
export function firstIssue(error: z.ZodError): string {
  let issue = error.issues[0]!;
  while (issue.code === "invalid_union") {
    const faults = issue.errors.map((issues) => issues[0]!);
    const [deepest] = faults.sort((a, b) => b.path.length - a.path.length);
    if (!deepest) break;
    issue = deepest as z.core.$ZodIssue;
  }
  const path = issue.path.join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}

/** The error for a line that is not what its file should hold. */
export function corrupt<T>(kind: LineKind<T>, place: string, fault: string): SparringError {
  return new SparringError(kind.code, `${place} is not ${kind.what}: ${fault}.`, kind.next, { place });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The parsed value, or undefined (which JSON can't say) where the bytes are not UTF-8 or not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
