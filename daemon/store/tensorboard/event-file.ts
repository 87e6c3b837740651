import { hostname } from "node:os";
import { join } from "node:path";
import { orIfMissing } from "../file-errors.ts";
import { type FileSystem, nodeFileSystem } from "../fs.ts";
import type { RoundRecord } from "../records.ts";
import { headerEvents, roundEvent } from "./events.ts";

/** What tests replace. */
export interface EventFileOptions {
  readonly fs?: FileSystem;
  readonly now?: () => Date;
}

/**
 * The TensorBoard event file of a session of a run: `tensorboard --logdir SPARRING_HOME/runs` shows it. Each session writes
 * all rounds again into a new file, whose beginning makes TensorBoard forget what it showed before: so rounds that were
 * rewound vanish, and losing a file loses nothing. Older files are removed, but for the one of the session before: a
 * TensorBoard that is open reads from it, and without it would never come to the new one. Writing never waits and never fails; `onProblem` hears what went wrong, and the next
 * round tries again.
 */
export class EventFile {
  readonly #fs: FileSystem;
  readonly #dir: string;
  readonly #now: () => Date;
  readonly #onProblem: (error: unknown) => void;
  #file: string | undefined;
  #older: readonly string[] = [];
  /** Events that are not in the file yet. */
  #waiting: Buffer[];
  /** Length of the file up to its last whole event. */
  #bytes = 0;
  /** A failed append may have left half an event, and nothing after that could be read. */
  #tailIsClean = true;
  #flushing: Promise<void> | undefined;

  /** Begins the file of a session. @param rounds the finished rounds that the run goes on from, oldest first */
  static begin(
    dir: string,
    rounds: readonly RoundRecord[],
    onProblem: (error: unknown) => void,
    options: EventFileOptions = {},
  ): EventFile {
    return new EventFile(dir, rounds, onProblem, options);
  }

  private constructor(
    dir: string,
    rounds: readonly RoundRecord[],
    onProblem: (error: unknown) => void,
    { fs = nodeFileSystem, now = () => new Date() }: EventFileOptions,
  ) {
    this.#fs = fs;
    this.#dir = dir;
    this.#now = now;
    this.#onProblem = onProblem;
    this.#waiting = [headerEvents(now().getTime() / 1000, rounds[0]?.round ?? 0), ...rounds.map(roundEvent)];
    this.#flushing = this.#flush();
  }

  /** Adds a round. It reaches the file soon, in the order of the calls. */
  append(record: RoundRecord): void {
    this.#waiting.push(roundEvent(record));
    this.#flushing ??= this.#flush();
  }

  /** Resolves when everything has been written, or could not be. */
  async close(): Promise<void> {
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    try {
      this.#file ??= await this.#chooseName();
      while (this.#waiting.length > 0) await this.#write(this.#file, this.#waiting.length);
    } catch (error) {
      this.#onProblem(error);
    }
    this.#flushing = undefined;
  }

  async #write(file: string, count: number): Promise<void> {
    const data = Buffer.concat(this.#waiting.slice(0, count));
    if (!this.#tailIsClean) await orIfMissing(this.#fs.truncate(file, this.#bytes), undefined);
    this.#tailIsClean = false;
    await this.#fs.append(file, data);
    this.#tailIsClean = true;
    this.#waiting = this.#waiting.slice(count);
    this.#bytes += data.length;
    for (const older of this.#older) await orIfMissing(this.#fs.removeFile(older), undefined);
    this.#older = [];
  }

  /**
   * `events.out.tfevents.<seconds>.<host>.<pid>.<number>`, as TensorFlow names them. TensorBoard reads a folder's files in the
   * order of their names and never goes back, so the seconds are those of now, or one more than any file has.
   */
  async #chooseName(): Promise<string> {
    const entries = await this.#fs.list(this.#dir);
    const names = entries.map(({ name }) => name).filter((name) => name.startsWith(prefix));
    this.#older = names
      .sort()
      .slice(0, -1)
      .map((name) => join(this.#dir, name));
    const taken = names.map((name) => Number.parseInt(name.slice(prefix.length), 10) || 0);
    const seconds = Math.max(Math.floor(this.#now().getTime() / 1000), ...taken.map((second) => second + 1));
    return join(this.#dir, `${prefix}${seconds}.${hostname()}.${process.pid}.0`);
  }
}

const prefix = "events.out.tfevents.";
