import { createHash } from "node:crypto";
import { AbortedError, SparringError } from "../errors.ts";
import { Admission, type Limit } from "./admission.ts";
import { Column } from "./column.ts";
import { type DataFile, layoutOf } from "./data-file.ts";
import { parseRecord } from "./parse-record.ts";
import type { Piece, Splitter } from "./pieces.ts";
import {
  linesOf,
  type Skip,
  type SkipReason,
  Tallies,
  type Tally,
  type ToleratedFact,
  toleratedFacts,
} from "./reasons.ts";
import type { DataRecord } from "./record.ts";
import { type Example, hasField, type Shape, shapeOf, shapes } from "./shapes.ts";
import { unusedFields } from "./unused-fields.ts";

/** How a file is indexed. */
export interface IndexOptions {
  readonly limit?: Limit | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gets every usable record while the file is read. */
  readonly onRecord?: ((record: DataRecord) => void) | undefined;
  /** Hears of every chunk: bytes read, of how many. */
  readonly onProgress?: ((read: number, total: number) => void) | undefined;
}

/** Where the usable records of a file lie, and what was found on the way. */
export interface FileIndex {
  readonly shape: Shape;
  readonly offsets: Column<Float64Array>;
  readonly lengths: Column<Uint32Array>;
  readonly lines: Column<Uint32Array>;
  readonly rejectedCount: number;
  readonly skipped: readonly Tally<SkipReason>[];
  readonly tolerated: readonly Tally<ToleratedFact>[];
  readonly fingerprint: string;
}

/** Fields beyond these are not told by name: a file with names of its own in each record has millions. */
const namedFields = 20;
const carriageReturn = 13;

/**
 * Reads a file once, from its beginning to its end, and keeps where its records lie and no text of them. The shape of the first
 * record that has one is the file's.
 * @throws SparringError `data/mixed`, `data/no-records`, `data/changed`, and those of `layoutOf` and `ElementSplitter`;
 *   AbortedError
 */
export async function indexFile(
  file: DataFile,
  { limit, signal, onRecord, onProgress }: IndexOptions,
): Promise<FileIndex> {
  const digest = createHash("sha256");
  const indexer = new Indexer(file.path, limit, onRecord);
  let read = 0;
  let splitter: Splitter | undefined;
  for await (const chunk of file.chunks()) {
    if (signal?.aborted) throw new AbortedError("reading the data");
    digest.update(chunk);
    let text = chunk;
    if (!splitter) {
      const layout = layoutOf(chunk, file.path);
      splitter = layout.splitter;
      text = chunk.subarray(layout.start);
      if (layout.hasByteOrderMark) indexer.tolerated.add("byte-order-mark", 1);
    }
    for (const piece of splitter.push(text)) indexer.take(piece);
    read += chunk.length;
    onProgress?.(read, file.bytes);
  }
  for (const piece of splitter?.end() ?? []) indexer.take(piece);
  await file.requireUnchanged();
  return indexer.finish(`sha256:${digest.digest("hex")}`);
}

class Indexer {
  readonly tolerated = new Tallies<ToleratedFact>(toleratedFacts);
  private readonly unused = new Set<string>();
  private readonly path: string;
  private readonly admission: Admission;
  private readonly onRecord: IndexOptions["onRecord"];
  private readonly offsets = new Column((length) => new Float64Array(length));
  private readonly lengths = new Column((length) => new Uint32Array(length));
  private readonly lines = new Column((length) => new Uint32Array(length));
  private shape: Shape | undefined;

  constructor(path: string, limit: Limit | undefined, onRecord: IndexOptions["onRecord"]) {
    this.path = path;
    this.onRecord = onRecord;
    this.admission = new Admission(limit);
  }

  take(piece: Piece): void {
    const { bytes, offset, length, line, isClosed } = piece;
    if (bytes?.at(-1) === carriageReturn) this.tolerated.add("crlf", line);
    if (bytes?.every((byte) => byte === 32 || byte === carriageReturn || byte === 9)) {
      this.tolerated.add("blank-line", line);
      return;
    }
    const example = this.understand(bytes, isClosed, line);
    if (!this.admission.admits(example, line) || "skip" in example) return;
    this.onRecord?.({ ...example, line });
    this.offsets.push(offset);
    this.lengths.push(length);
    this.lines.push(line);
  }

  finish(fingerprint: string): FileIndex {
    const { shape, offsets, lengths, lines, admission, tolerated } = this;
    const skipped = admission.skipped.list();
    if (!shape || offsets.length === 0) throw noRecords(this.path, skipped);
    const { rejectedCount } = admission;
    return { shape, offsets, lengths, lines, rejectedCount, skipped, tolerated: tolerated.list(), fingerprint };
  }

  private understand(bytes: Uint8Array | undefined, isClosed: boolean, line: number): Example | Skip {
    if (!bytes) return { skip: "above-8-mib" };
    const parsed = parseRecord(bytes, isClosed);
    return "skip" in parsed ? parsed : this.read(parsed.record, line);
  }

  private read(record: object, line: number): Example | Skip {
    this.shape ??= shapeOf(record);
    const { shape } = this;
    if (!shape) return { skip: "unknown-fields" };
    const missing = shape.required.find((field) => !hasField(record, field));
    if (missing === undefined) {
      this.noteUnused(record, shape, line);
      return shape.read(record);
    }
    const other = shapeOf(record);
    if (!other) return { skip: "missing-field", field: missing };
    throw new SparringError(
      "data/mixed",
      `a record of the kind ${other.kind} is in a file that began with ${shape.kind}`,
      "Put each kind into a file of its own.",
      { place: `${this.path}:${line}` },
    );
  }

  private noteUnused(record: object, shape: Shape, line: number): void {
    for (const field of unusedFields(record, shape)) {
      if (this.unused.size < namedFields) this.unused.add(field);
      if (this.unused.has(field)) this.tolerated.add("unused-field", line, field);
      else this.tolerated.add("unused-fields", line);
    }
  }
}

function noRecords(path: string, skipped: readonly Tally<SkipReason>[]): SparringError {
  const reasons = skipped.map((tally) => `${tally.count} × ${tally.sentence} (${linesOf(tally)})`);
  const kinds = shapes.map(({ kind }) => kind).join(" · ");
  return new SparringError(
    "data/no-records",
    `the file has no record that can be used: ${reasons.join("; ") || "it is empty"}`,
    `Write one JSON object a line, or an array of them, with the fields of one of these: ${kinds}.`,
    { place: path },
  );
}
