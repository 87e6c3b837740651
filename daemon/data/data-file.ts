import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { SparringError } from "../errors.ts";
import { ElementSplitter } from "./elements.ts";
import { LineSplitter } from "./lines.ts";
import type { Splitter } from "./pieces.ts";

const chunkBytes = 64 * 1024;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** First bytes of files that people take for JSON, and how to make it of them. */
const foreign: readonly (readonly [bytes: readonly number[], what: string, next: string])[] = [
  [[0x1f, 0x8b], "compressed with gzip", "Unpack it: `gunzip --keep <file>`."],
  [[0x28, 0xb5, 0x2f, 0xfd], "compressed with Zstandard", "Unpack it: `zstd --decompress <file>`."],
  [[0x50, 0x4b, 3, 4], "a ZIP archive", "Unpack it first."],
  [
    [0x50, 0x41, 0x52, 0x31],
    "Parquet",
    "Convert it: `python -c \"import pandas; pandas.read_parquet('<file>').to_json('data.jsonl', orient='records', lines=True)\"`.",
  ],
  [[0xff, 0xfe], "text in UTF-16", "Save it as UTF-8."],
  [[0xfe, 0xff], "text in UTF-16", "Save it as UTF-8."],
];

/** A data file, held open: what is read later is of the file that was indexed, or an error. */
export class DataFile {
  readonly path: string;
  readonly bytes: number;
  private readonly handle: FileHandle;
  private readonly stamp: string;

  private constructor(path: string, handle: FileHandle, stats: BigIntStats) {
    this.path = path;
    this.handle = handle;
    this.bytes = Number(stats.size);
    this.stamp = stampOf(stats);
  }

  /** @throws SparringError `data/not-found`, `data/not-a-file`, `data/unreadable` */
  static async open(path: string): Promise<DataFile> {
    const handle = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT" || cause.code === "ENOTDIR") {
        throw new SparringError("data/not-found", "there is no such data file", "Correct the path.", { place: path });
      }
      throw new SparringError(
        "data/unreadable",
        `the data file can't be opened: ${cause.message}`,
        "Make it readable for you.",
        { place: path, cause },
      );
    });
    const stats = await handle.stat({ bigint: true });
    if (stats.isFile()) return new DataFile(path, handle, stats);
    await handle.close();
    throw new SparringError(
      "data/not-a-file",
      "data is read from a file, and this is none",
      "Give one file: JSON Lines, or a JSON array.",
      { place: path },
    );
  }

  /** All bytes in order; a chunk is valid until the next one is asked for. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.alloc(chunkBytes);
    let position = 0;
    for (;;) {
      const { bytesRead } = await this.handle.read(buffer, 0, chunkBytes, position);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  }

  /**
   * The bytes from `offset` on.
   * @throws SparringError `data/changed`
   */
  async read(offset: number, length: number): Promise<Uint8Array> {
    await this.requireUnchanged();
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.handle.read(buffer, 0, length, offset);
    if (bytesRead < length) throw this.changed();
    return buffer;
  }

  /** @throws SparringError `data/changed` where somebody wrote to the file since it was opened */
  async requireUnchanged(): Promise<void> {
    if (stampOf(await this.handle.stat({ bigint: true })) !== this.stamp) throw this.changed();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private changed(): SparringError {
    return new SparringError(
      "data/changed",
      "the data file was changed while it was in use",
      "Start again with the new file, or put the old one back; a run needs one that stays as it is.",
      { place: this.path },
    );
  }
}

function stampOf({ size, mtimeNs }: BigIntStats): string {
  return `${size} bytes of ${mtimeNs}`;
}

/** How the bytes of a file are to be divided, and where its text begins. */
export interface Layout {
  readonly splitter: Splitter;
  readonly hasByteOrderMark: boolean;
  /** Of the first byte after the byte order mark. */
  readonly start: number;
}

/**
 * Tells by a file's first chunk how it is written: a JSON array begins with a bracket, anything else is JSON Lines.
 * @throws SparringError `data/not-json` for formats that are known to be none
 */
export function layoutOf(firstChunk: Uint8Array, path: string): Layout {
  const beginsWith = (bytes: readonly number[]): boolean => bytes.every((byte, i) => firstChunk[i] === byte);
  const [, what, next] = foreign.find(([bytes]) => beginsWith(bytes)) ?? [];
  if (what !== undefined && next !== undefined) {
    throw new SparringError("data/not-json", `the file is neither JSON nor JSON Lines, but ${what}`, next, {
      place: path,
    });
  }
  const hasByteOrderMark = beginsWith(byteOrderMark);
  const start = hasByteOrderMark ? byteOrderMark.length : 0;
  const isArray = /^\s*\[/.test(Buffer.from(firstChunk.subarray(start)).toString("latin1"));
  return { hasByteOrderMark, start, splitter: isArray ? new ElementSplitter(path, start) : new LineSplitter(start) };
}
