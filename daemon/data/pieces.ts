/** A record's bytes and place in its file, not yet understood. */
export interface Piece {
  /** Only lent: valid until the next piece is asked for. Undefined above `maxPieceBytes`. */
  readonly bytes: Uint8Array | undefined;
  /** Of the first byte in the file. */
  readonly offset: number;
  readonly length: number;
  /** Where it begins, from 1. */
  readonly line: number;
  /** Whether its end is there; false for a last line without its newline. */
  readonly isClosed: boolean;
}

/** Divides a file, chunk by chunk, into pieces. Chunks are only lent to it. */
export interface Splitter {
  push(chunk: Uint8Array): Generator<Piece>;
  /** What is left when the file has ended. */
  end(): Generator<Piece>;
}

/** A longer record is not read: no example to train on is so long, and memory stays bounded. */
export const maxPieceBytes = 8 * 1024 * 1024;

/** The beginning of a piece that goes on in the next chunk. */
export class Carry {
  private parts: Uint8Array[] = [];
  /** Bytes so far, kept or not. */
  length = 0;

  /** Copies bytes, unless the piece has become too long to be kept. */
  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    if (this.length > maxPieceBytes) this.parts = [];
    else this.parts.push(new Uint8Array(bytes));
  }

  /** The piece with its last bytes, copied only where it spans chunks; begins anew. */
  finish(last: Uint8Array): Pick<Piece, "bytes" | "length"> {
    const length = this.length + last.length;
    const whole = this.length === 0 ? last : Buffer.concat([...this.parts, last]);
    this.parts = [];
    this.length = 0;
    return { length, bytes: length > maxPieceBytes ? undefined : whole };
  }
}
