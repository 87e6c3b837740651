import { SparringError } from "../errors.ts";
import { Carry, type Piece, type Splitter } from "./pieces.ts";

const code = (char: string): number => char.charCodeAt(0);
const [newline, quote, backslash, comma] = [code("\n"), code('"'), code("\\"), code(",")];
const [openArray, closeArray, openObject, closeObject] = [code("["), code("]"), code("{"), code("}")];

function isBlank(byte: number): boolean {
  return byte === 32 || byte === newline || byte === 13 || byte === 9;
}

/**
 * Divides a JSON array into its elements by brackets, commas and quotes alone; whether an element is JSON, whoever parses it
 * finds out. Bytes of UTF-8's longer characters are none of these. An array whose brackets do not match can't be divided from
 * there on, which is an error, because nobody knows how many records are lost.
 */
export class ElementSplitter implements Splitter {
  private readonly carry = new Carry();
  private readonly file: string;
  private offset: number;
  private line = 1;
  /** Brackets open: 0 before and after the array, 1 in it, more within an element. */
  private depth = 0;
  private hasEnded = false;
  private inString = false;
  private isEscaped = false;
  /** The element under way. */
  private element: { readonly offset: number; readonly line: number } | undefined;

  /** @param offset of the first chunk's first byte in the file, which goes into errors */
  constructor(file: string, offset: number) {
    this.file = file;
    this.offset = offset;
  }

  *push(chunk: Uint8Array): Generator<Piece> {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === newline) this.line++;
      if (this.inString) this.inside(byte);
      else if (this.element) {
        if (!this.endsElement(byte)) this.nest(byte);
        else {
          yield this.finish(chunk.subarray(start, i));
          if (byte === closeArray) this.close();
        }
      } else if (this.beginsElement(byte)) {
        start = i;
        this.element = { offset: this.offset + i, line: this.line };
        this.nest(byte);
      }
    }
    if (this.element) this.carry.add(chunk.subarray(start));
    this.offset += chunk.length;
  }

  // biome-ignore lint/correctness/useYield: an array that ended has nothing left
  *end(): Generator<Piece> {
    if (this.hasEnded) return;
    const line = this.element?.line ?? this.line;
    throw new SparringError(
      "data/open-array",
      "the array is not closed: from this line on it can't be divided into records",
      "Repair the file or load it again; in JSON Lines, one record a line, a broken record would cost only itself.",
      { place: `${this.file}:${line}` },
    );
  }

  /** Within a string only its end counts. */
  private inside(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === backslash) this.isEscaped = true;
    else if (byte === quote) this.inString = false;
  }

  /** Between elements. */
  private beginsElement(byte: number): boolean {
    if (isBlank(byte)) return false;
    if (this.hasEnded) {
      throw new SparringError(
        "data/after-array",
        "something follows the end of the array",
        "Write one array, or JSON Lines: one record a line.",
        { place: `${this.file}:${this.line}` },
      );
    }
    if (this.depth === 0) {
      // Whoever chose this splitter saw the bracket.
      this.depth = 1;
      return false;
    }
    if (byte === closeArray) this.close();
    return byte !== closeArray && byte !== comma;
  }

  private endsElement(byte: number): boolean {
    return this.depth === 1 && (byte === comma || byte === closeArray);
  }

  private nest(byte: number): void {
    if (byte === quote) this.inString = true;
    else if (byte === openArray || byte === openObject) this.depth++;
    // A closing bracket too many makes an element that is not JSON, and no more.
    else if (byte === closeArray || byte === closeObject) this.depth = Math.max(1, this.depth - 1);
  }

  private close(): void {
    this.depth = 0;
    this.hasEnded = true;
  }

  private finish(last: Uint8Array): Piece {
    const piece = { ...this.carry.finish(last), ...this.element!, isClosed: true };
    this.element = undefined;
    return piece;
  }
}
