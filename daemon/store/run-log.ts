import { orIfMissing } from "./file-errors.ts";
import { type FileSystem, nodeFileSystem } from "./fs.ts";
import { layout } from "./layout.ts";
import { linesBackwards } from "./lines-backwards.ts";
import { type LogLevel, levelOf, logLevels, logLine } from "./log-line.ts";

/** At this size the log is moved to log.1.txt, over the one that lies there. */
const rotateAtBytes = 10 * 1024 * 1024;
/** Lines that wait for a slow disk, in characters; later ones are lost. */
const maxWaiting = 4 * 1024 * 1024;

/** What tests replace. */
export interface RunLogOptions {
  readonly fs?: FileSystem;
  readonly now?: () => Date;
  readonly rotateAtBytes?: number;
}

/**
 * The log of a run: log.txt in its folder. Writing never waits and never fails: what a full disk doesn't take is lost, and
 * the next line that it takes says how many.
 */
export class RunLog {
  readonly #fs: FileSystem;
  readonly #dir: string;
  readonly #now: () => Date;
  readonly #rotateAtBytes: number;
  #waiting = "";
  #lost = 0;
  /** Of log.txt. */
  #bytes: number;
  /** The last append failed, or a process was killed during its own: there may be half a line at the end. */
  #endsInHalfLine: boolean;
  #flushing: Promise<void> | undefined;

  /** Opens the log of a run's folder. Nothing is created before the first line. */
  static async open(dir: string, options: RunLogOptions = {}): Promise<RunLog> {
    const fs = options.fs ?? nodeFileSystem;
    const file = layout.log(dir);
    const bytes = await fs.size(file).catch(() => 0);
    const last = bytes === 0 ? undefined : await fs.readRange(file, bytes - 1, bytes).catch(() => undefined);
    return new RunLog(dir, bytes, last !== undefined && last[0] !== 10, { ...options, fs });
  }

  private constructor(
    dir: string,
    bytes: number,
    endsInHalfLine: boolean,
    options: RunLogOptions & { fs: FileSystem },
  ) {
    this.#fs = options.fs;
    this.#dir = dir;
    this.#now = options.now ?? (() => new Date());
    this.#rotateAtBytes = options.rotateAtBytes ?? rotateAtBytes;
    this.#bytes = bytes;
    this.#endsInHalfLine = endsInHalfLine;
  }

  /** Adds a line. It reaches the file soon, in the order of the calls. */
  write(level: LogLevel, message: string): void {
    if (this.#waiting.length > maxWaiting) {
      this.#lost++;
      return;
    }
    this.#waiting += `${logLine(this.#now(), level, message)}\n`;
    this.#flushing ??= this.#flush();
  }

  /** Resolves when all lines have been written, or lost. */
  async close(): Promise<void> {
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    // Lines of this turn of the event loop go together.
    await Promise.resolve();
    while (this.#waiting !== "") {
      const lines = this.#waiting;
      this.#waiting = "";
      await this.#append(lines);
    }
    this.#flushing = undefined;
  }

  async #append(lines: string): Promise<void> {
    const file = layout.log(this.#dir);
    const lost = this.#lost;
    const note = lost === 0 ? "" : `${logLine(this.#now(), "warn", `${lost} lines of this log are lost`)}\n`;
    const data = Buffer.from((this.#endsInHalfLine ? "\n" : "") + note + lines);
    try {
      if (this.#bytes > 0 && this.#bytes + data.length > this.#rotateAtBytes) {
        // It may have been deleted meanwhile.
        await orIfMissing(this.#fs.rename(file, layout.olderLog(this.#dir)), undefined);
        this.#bytes = 0;
      }
      this.#endsInHalfLine = true;
      await this.#fs.append(file, data);
      this.#endsInHalfLine = false;
      this.#bytes += data.length;
      this.#lost -= lost;
    } catch {
      this.#lost += lines.split("\n").length - 1;
    }
  }
}

/** Which lines of a log to read. */
export interface LogQuery {
  /** So many of the newest. */
  readonly lines: number;
  /** Only those of this level and of more important ones. */
  readonly level: LogLevel;
}

/** At most so many characters are read, however many lines are asked for. */
const maxRead = 1024 * 1024;

/**
 * The newest lines of a run's log, in their order, read from the end; none where there is no log. Lines that are of no level
 * (half ones, say) count as `info`.
 */
export async function readLog(
  dir: string,
  { lines, level }: LogQuery,
  fs: FileSystem = nodeFileSystem,
): Promise<string[]> {
  const found: string[] = [];
  let characters = 0;
  for (const file of [layout.log(dir), layout.olderLog(dir)]) {
    if ((await orIfMissing(fs.size(file), undefined)) === undefined) continue;
    for await (const bytes of linesBackwards(fs, file)) {
      if (found.length === lines || characters > maxRead) return found.reverse();
      const line = bytes.toString();
      if (line === "" || logLevels.indexOf(levelOf(line)) < logLevels.indexOf(level)) continue;
      found.push(line);
      characters += line.length;
    }
  }
  return found.reverse();
}
