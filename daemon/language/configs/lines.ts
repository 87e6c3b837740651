import type { Position, Range } from "vscode-languageserver";
import type { Span } from "./config-tree.ts";

/** Offsets of a text as lines and columns, and back; all in UTF-16 units, from 0. */
export class Lines {
  readonly text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** Where a line starts; the end of the text for a line after the last. */
  startOf(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** A line without its line end. */
  lineAt(line: number): string {
    return this.text.slice(this.startOf(line), this.startOf(line + 1)).replace(/\r?\n$/, "");
  }

  offsetAt({ line, character }: Position): number {
    return this.startOf(line) + Math.min(character, this.lineAt(line).length);
  }

  positionAt(offset: number): Position {
    const after = this.#starts.findIndex((start) => start > offset);
    const line = (after < 0 ? this.#starts.length : after) - 1;
    return { line, character: offset - this.#starts[line] };
  }

  rangeOf({ start, end }: Span): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }
}
