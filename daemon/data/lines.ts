import { Carry, type Piece, type Splitter } from "./pieces.ts";

const newline = 10;

/** Divides JSON Lines at their newlines; a carriage return before one stays in the piece. */
export class LineSplitter implements Splitter {
  private readonly carry = new Carry();
  private offset: number;
  private line = 1;

  /** @param offset of the first chunk's first byte in the file */
  constructor(offset: number) {
    this.offset = offset;
  }

  *push(chunk: Uint8Array): Generator<Piece> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      yield this.piece(chunk.subarray(start, end), true);
      start = end + 1;
    }
    if (start < chunk.length) this.carry.add(chunk.subarray(start));
  }

  *end(): Generator<Piece> {
    if (this.carry.length > 0) yield this.piece(new Uint8Array(0), false);
  }

  private piece(last: Uint8Array, isClosed: boolean): Piece {
    const piece = { ...this.carry.finish(last), offset: this.offset, line: this.line, isClosed };
    this.offset += piece.length + 1;
    this.line++;
    return piece;
  }
}
