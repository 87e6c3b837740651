import { isDeepStrictEqual } from "node:util";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { InOrder } from "./in-order.ts";
import { toJsonLines } from "./jsonl.ts";
import { type Mark, type MarkKind, type MarkLine, readMarkLines, standing, writtenLine } from "./mark-lines.ts";

/**
 * The one writer of a run's file of marks of one kind (ratings, picks): a line a mark, a line an undo, each flushed to disk
 * before it counts. Calls take effect one after the other, in their order.
 */
export class Journal<T extends Mark> {
  readonly #fs: FileSystem;
  readonly #dir: string;
  readonly #kind: MarkKind<T>;
  readonly #operations = new InOrder();
  /** Every mark that was ever made, by id: an id is used once. */
  readonly #made = new Map<string, T>();
  readonly #undone = new Set<string>();
  readonly #lines: MarkLine<T>[] = [];
  /** Length of the file up to its last whole line. */
  #bytes = 0;
  /** A failed append may have left bytes of its line behind. */
  #tailIsClean = true;
  /** Whether all lines, and the file's name, are flushed: another process may have been killed before it did that. */
  #isFlushed = false;
  #nameIsFlushed = false;

  /**
   * Opens the journal of a run's folder. A last line that was cut short, which nobody was told about, is removed. Nothing is
   * created before the first mark.
   * @throws SparringError of the kind's lines, with file and line
   */
  static async open<T extends Mark>(fs: FileSystem, dir: string, kind: MarkKind<T>): Promise<Journal<T>> {
    const journal = new Journal(fs, dir, kind);
    const { values, ends, tornBytes } = await readMarkLines(fs, dir, kind);
    for (const line of values) journal.#note(line);
    journal.#bytes = ends.at(-1) ?? 0;
    if (tornBytes > 0) await journal.#cutTail();
    return journal;
  }

  private constructor(fs: FileSystem, dir: string, kind: MarkKind<T>) {
    this.#fs = fs;
    this.#dir = dir;
    this.#kind = kind;
  }

  /**
   * Adds a mark. When this resolves, it outlives a power cut. Sent again with the same content (but for its time), it
   * counts once. When it rejects, the mark is not there.
   * @returns how many marks stand
   * @throws SparringError `conflict` and `undone` of the kind, `store/disk-full`
   */
  add(mark: T): Promise<number> {
    return this.#operations.run(async () => {
      const made = this.#made.get(mark.id);
      if (this.#undone.has(mark.id)) throw this.#kind.undone(mark.id, this.#file);
      if (made && !isDeepStrictEqual(content(made), content(mark))) throw this.#kind.conflict(mark.id, this.#file);
      if (made) await this.#flush();
      else await this.#append({ mark });
      return this.#count();
    });
  }

  /**
   * Takes a mark back, by a line that says so. Done twice, it counts once.
   * @returns how many marks stand
   * @throws SparringError `unknown` of the kind, `store/disk-full`
   */
  undo(id: string): Promise<number> {
    return this.#operations.run(async () => {
      if (this.#undone.has(id)) await this.#flush();
      else if ((await this.#standing()).has(id)) await this.#append({ undo: id, at: new Date().toISOString() });
      else throw this.#kind.unknown(id, this.#file);
      return this.#count();
    });
  }

  /** The marks that stand, in the order in which they were made. @throws SparringError of the kind's lines */
  list(): Promise<readonly T[]> {
    return this.#operations.run(async () => [...(await this.#standing()).values()]);
  }

  /** The marks that were taken back, in the order in which that was done. */
  takenBack(): Promise<readonly T[]> {
    return this.#operations.run(async () => [...this.#undone].flatMap((id) => this.#made.get(id) ?? []));
  }

  /** How many marks stand. @throws SparringError of the kind's lines */
  count(): Promise<number> {
    return this.#operations.run(() => this.#count());
  }

  get #file(): string {
    return this.#kind.file(this.#dir);
  }

  async #count(): Promise<number> {
    return (await this.#standing()).size;
  }

  /** A recovery may set marks aside while the journal is open, so their ids are read when they are needed. */
  async #standing(): Promise<Map<string, T>> {
    return standing(this.#lines, await this.#kind.idsAside(this.#fs, this.#dir));
  }

  #note(line: MarkLine<T>): void {
    this.#lines.push(line);
    if ("undo" in line) this.#undone.add(line.undo);
    else this.#made.set(line.mark.id, line.mark);
  }

  async #append(line: MarkLine<T>): Promise<void> {
    const data = toJsonLines([writtenLine(this.#kind, line)]);
    if (!this.#tailIsClean) await this.#cutTail();
    this.#tailIsClean = false;
    this.#isFlushed = false;
    try {
      await this.#fs.append(this.#file, data);
      await this.#flush();
    } catch (error) {
      // At once, so that a mark that was refused is not there after a restart. Where that fails, too, the next call does it.
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

/** What makes two marks the same: everything but the time, which a repetition does not share. */
function content(mark: Mark): unknown {
  return JSON.parse(JSON.stringify({ ...mark, at: "" }));
}
