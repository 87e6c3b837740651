import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { InOrder } from "./in-order.ts";
import { corrupt, firstIssue, type LineKind, parseJson } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { type AlarmRecord, type RoundRecord, roundRecordSchema } from "./records.ts";

/** An alarm, and the round with which it began. */
export type RoundAlarm = AlarmRecord & Pick<RoundRecord, "round">;

/** Metrics of a run's finished rounds, as columns. */
export interface Series {
  readonly rounds: number[];
  /** Those that began with these rounds, in order. */
  readonly alarms: RoundAlarm[];
  /** Per metric, a value a round; null where the round has none. */
  readonly columns: Readonly<Record<string, (number | null)[]>>;
}

/** Bytes that are read at once, at first: the event loop has its turn between two pieces. */
const pieceBytes = 256 * 1024;

const lines: LineKind<Pick<RoundRecord, "round" | "metrics" | "alarms">> = {
  schema: roundRecordSchema.pick({ round: true, metrics: true, alarms: true }),
  what: "the record of a round",
  code: "store/corrupt-rounds",
  next: "Restore the file from a backup, or fork from a checkpoint; samples and checkpoints are untouched.",
};

/**
 * The columns of one run's rounds.jsonl, kept in memory: a later call reads only what was appended since. A file that was
 * cut or written anew (rounds that are played again) is noticed by its length or by the last line that is known of it, and
 * read from its beginning.
 */
export class RoundSeries {
  readonly #fs: FileSystem;
  readonly #file: string;
  readonly #calls = new InOrder();
  #rounds: number[] = [];
  #alarms: RoundAlarm[] = [];
  /** Per metric, a value a round; NaN for one that is not there. */
  #columns = new Map<string, number[]>();
  /** Bytes of the file that are in the columns, up to the end of a line. */
  #bytes = 0;
  /** The last of these lines. */
  #last: Uint8Array = new Uint8Array();

  constructor(fs: FileSystem, dir: string) {
    this.#fs = fs;
    this.#file = layout.rounds(dir);
  }

  /**
   * Metrics of the rounds after `after`; one that no round has is null everywhere.
   * @throws SparringError `store/corrupt-rounds`, with file and line
   */
  read(metrics: readonly string[], after = -1): Promise<Series> {
    return this.#calls.run(async () => {
      await this.#update();
      const later = this.#rounds.findIndex((round) => round > after);
      const from = later < 0 ? this.#rounds.length : later;
      const rounds = this.#rounds.slice(from);
      const columns = metrics.map((name): [string, (number | null)[]] => {
        const column = this.#columns.get(name);
        return [name, rounds.map((_, i) => finite(column?.[from + i]))];
      });
      const alarms = this.#alarms.filter(({ round }) => round > after);
      return { rounds, alarms, columns: Object.fromEntries(columns) };
    });
  }

  async #update(): Promise<void> {
    const size = await orIfMissing(this.#fs.size(this.#file), 0);
    if (!(await this.#isContinued(size))) {
      this.#rounds = [];
      this.#alarms = [];
      this.#columns = new Map();
      this.#bytes = 0;
      this.#last = new Uint8Array();
    }
    let piece = pieceBytes;
    while (this.#bytes < size) {
      const end = Math.min(size, this.#bytes + piece);
      const bytes = await this.#fs.readRange(this.#file, this.#bytes, end);
      const taken = this.#take(bytes, end === size);
      if (taken === 0 && end === size) return;
      // A line that is longer than a piece.
      piece = taken === 0 ? 2 * piece : pieceBytes;
    }
  }

  /** Whether the file still begins with what is in the columns. */
  async #isContinued(size: number): Promise<boolean> {
    if (size < this.#bytes) return false;
    const last = await orIfMissing(
      this.#fs.readRange(this.#file, this.#bytes - this.#last.length, this.#bytes),
      new Uint8Array(),
    );
    return Buffer.compare(last, this.#last) === 0;
  }

  /** Takes whole lines into the columns. @returns their bytes */
  #take(bytes: Uint8Array, isEnd: boolean): number {
    let start = 0;
    for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, start)) {
      const line = bytes.subarray(start, newline);
      const json = parseJson(line);
      // The write of the last line may have been cut short in its middle.
      if (json === undefined && isEnd && newline + 1 === bytes.length) break;
      this.#append(json);
      start = newline + 1;
      this.#last = Uint8Array.from(bytes.subarray(start - line.length - 1, start));
      this.#bytes += line.length + 1;
    }
    return start;
  }

  #append(json: unknown): void {
    const place = `${this.#file}:${this.#rounds.length + 1}`;
    if (json === undefined) throw corrupt(lines, place, "it is not JSON");
    const parsed = lines.schema.safeParse(json);
    if (!parsed.success) throw corrupt(lines, place, firstIssue(parsed.error));
    const { round, metrics, alarms = [] } = parsed.data;
    const expected = (this.#rounds.at(-1) ?? round - 1) + 1;
    if (round !== expected) throw corrupt(lines, place, `round ${round} stands where ${expected} should`);
    for (const [name, value] of Object.entries(metrics)) {
      const column = this.#columns.get(name) ?? [];
      this.#columns.set(name, column);
      while (column.length < this.#rounds.length) column.push(Number.NaN);
      column.push(value ?? Number.NaN);
    }
    this.#alarms.push(...alarms.map((alarm) => ({ ...alarm, round })));
    this.#rounds.push(round);
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
