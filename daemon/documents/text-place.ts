import { margin } from "../text/margin.ts";
import { shownOffset, sourceOffset } from "../text/visible.ts";

/** A line and a column in it, both from 0, columns in UTF-16 units: as the Language Server Protocol counts. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Lines of a document, the last one included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Where a text of a record stands in a document. */
export interface TextPlace extends LineRange {
  /** The part of the record's text that is shown: all of it, but for very long ones. */
  readonly source: string;
  /** UTF-16 units of the record's text that are left out at its end. */
  readonly leftOut: number;
}

/** Where an offset of the record's text, in UTF-16 units, stands in the document. Offsets past what is shown are its end. */
export function positionOf(place: TextPlace, offset: number): Position {
  const until = Math.min(offset, place.source.length);
  const lineStart = place.source.lastIndexOf("\n", until - 1) + 1;
  const line = place.first + countLineFeeds(place.source, until);
  // Accents count from their letter, so the line is looked at as a whole.
  const text = lineAt(place.source, lineStart);
  return { line, character: margin.length + shownOffset(text, until - lineStart) };
}

/** The offset in the record's text of a position in its lines; the margin counts as the start of its line. */
export function offsetOf(place: TextPlace, { line, character }: Position): number {
  let lineStart = 0;
  for (let skipped = place.first; skipped < line; skipped++) lineStart = place.source.indexOf("\n", lineStart) + 1;
  const text = lineAt(place.source, lineStart);
  const column = Math.max(0, character - margin.length);
  return lineStart + Math.min(sourceOffset(text, column), text.length);
}

/** Whether a position is in the lines of a range. */
export function contains({ first, last }: LineRange, line: number): boolean {
  return first <= line && line <= last;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
}

function countLineFeeds(text: string, until: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < until; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
