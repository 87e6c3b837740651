import { isDeepStrictEqual } from "node:util";
import { SparringError } from "../errors.ts";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { InOrder } from "./in-order.ts";
import { toJsonLines } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { type RatingLine, readIdsAside, readRatingLines, standing } from "./rating-lines.ts";
import type { Rating } from "./records.ts";

/**
 * The one writer of a run's ratings.jsonl: a line a rating, a line an undo, each flushed to disk before it counts. Calls
 * take effect one after the other, in their order. Ratings whose rounds were set aside by a recovery (see rewind.ts) are
 * kept with those rounds and don't stand.
 */
export class RatingsJournal {
  readonly #fs: FileSystem;
  readonly #dir: string;
  readonly #operations = new InOrder();
  /** Every rating that was ever made, by id: an id is used once. */
  readonly #made = new Map<string, Rating>();
  readonly #undone = new Set<string>();
  readonly #lines: RatingLine[] = [];
  /** Length of the file up to its last whole line. */
  #bytes = 0;
  /** A failed append may have left bytes of its line behind. */
  #tailIsClean = true;
  /** Whether all lines, and the file's name, are flushed: another process may have been killed before it did that. */
  #isFlushed = false;
  #nameIsFlushed = false;

  /**
   * Opens the journal of a run's folder. A last line that was cut short, which nobody was told about, is removed. Nothing is
   * created before the first rating.
   * @throws SparringError `store/corrupt-ratings`, with file and line
   */
  static async open(fs: FileSystem, dir: string): Promise<RatingsJournal> {
    const journal = new RatingsJournal(fs, dir);
    const { values, ends, tornBytes } = await readRatingLines(fs, dir);
    for (const line of values) journal.#note(line);
    journal.#bytes = ends.at(-1) ?? 0;
    if (tornBytes > 0) await journal.#cutTail();
    return journal;
  }

  private constructor(fs: FileSystem, dir: string) {
    this.#fs = fs;
    this.#dir = dir;
  }

  /**
   * Adds a rating. When this resolves, it outlives a power cut. Sent again with the same content (but for its time), it
   * counts once. When it rejects, the rating is not there.
   * @returns how many ratings stand
   * @throws SparringError `store/rating-conflict`, `store/rating-undone`, `store/disk-full`
   */
  add(rating: Rating): Promise<number> {
    return this.#operations.run(async () => {
      const made = this.#made.get(rating.id);
      if (this.#undone.has(rating.id)) throw undone(rating.id, this.#file);
      if (made && !isDeepStrictEqual(content(made), content(rating))) throw conflict(rating.id, this.#file);
      if (made) await this.#flush();
      else await this.#append({ rating });
      return this.#count();
    });
  }

  /**
   * Takes a rating back, by a line that says so. Done twice, it counts once.
   * @returns how many ratings stand
   * @throws SparringError `store/unknown-rating`, `store/disk-full`
   */
  undo(id: string): Promise<number> {
    return this.#operations.run(async () => {
      if (this.#undone.has(id)) await this.#flush();
      else if ((await this.#standing()).has(id)) await this.#append({ undo: id, at: new Date().toISOString() });
      else throw unknown(id, this.#file);
      return this.#count();
    });
  }

  /** The ratings that stand, in the order in which they were made. @throws SparringError `store/corrupt-ratings` */
  list(): Promise<readonly Rating[]> {
    return this.#operations.run(async () => [...(await this.#standing()).values()]);
  }

  /** How many ratings stand. @throws SparringError `store/corrupt-ratings` */
  count(): Promise<number> {
    return this.#operations.run(() => this.#count());
  }

  get #file(): string {
    return layout.ratings(this.#dir);
  }

  async #count(): Promise<number> {
    return (await this.#standing()).size;
  }

  /** A recovery may set ratings aside while the journal is open, so their ids are read when they are needed. */
  async #standing(): Promise<Map<string, Rating>> {
    return standing(this.#lines, await readIdsAside(this.#fs, this.#dir));
  }

  #note(line: RatingLine): void {
    this.#lines.push(line);
    if ("undo" in line) this.#undone.add(line.undo);
    else this.#made.set(line.rating.id, line.rating);
  }

  async #append(line: RatingLine): Promise<void> {
    const data = toJsonLines([line]);
    if (!this.#tailIsClean) await this.#cutTail();
    this.#tailIsClean = false;
    this.#isFlushed = false;
    try {
      await this.#fs.append(this.#file, data);
      await this.#flush();
    } catch (error) {
      // At once, so that a rating that was refused is not there after a restart. Where that fails, too, the next call does it.
      await this.#cutTail().catch(() => undefined);
      throw error;
    }
    this.#tailIsClean = true;
    this.#bytes += data.length;
    this.#note(line);
  }

  async #flush(): Promise<void> {
    if (this.#isFlushed) return;
    await this.#fs.syncFile(this.#file);
    if (!this.#nameIsFlushed) await this.#fs.syncFolder(this.#dir);
    this.#nameIsFlushed = true;
    this.#isFlushed = true;
  }

  async #cutTail(): Promise<void> {
    await orIfMissing(this.#fs.truncate(this.#file, this.#bytes), undefined);
    this.#tailIsClean = true;
  }
}

/** What makes two ratings the same: everything but the time, which a repetition does not share. */
function content(rating: Rating): unknown {
  return JSON.parse(JSON.stringify({ ...rating, at: "" }));
}

function conflict(id: string, place: string): SparringError {
  return new SparringError(
    "store/rating-conflict",
    `There is another rating with the id "${id}".`,
    "Give each rating an id of its own; to change one, take it back and add a new one.",
    { place },
  );
}

function undone(id: string, place: string): SparringError {
  return new SparringError("store/rating-undone", `The rating "${id}" was taken back.`, "Rate again under a new id.", {
    place,
  });
}

function unknown(id: string, place: string): SparringError {
  return new SparringError(
    "store/unknown-rating",
    `No rating with the id "${id}" stands.`,
    "Run `sparring rate <run> --list`, which shows those that do; ratings of rounds that are played again are kept in rewound/.",
    { place },
  );
}
