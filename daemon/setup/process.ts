import { spawn } from "node:child_process";
import { AbortedError } from "../errors.ts";
import { errorCode } from "../store/file-errors.ts";
import { visibleLine } from "../text/visible.ts";

/** What a program of this machine did. Its texts are safe to show. */
export interface Ran {
  /** Whether it ended with exit code 0. */
  readonly ok: boolean;
  /** How it ended, e.g. `ended with exit code 1`. */
  readonly how: string;
  /** What it wrote to stdout, as it is: for a parser. */
  readonly out: string;
  /** The last lines of stdout and stderr, hidden characters made visible. */
  readonly lines: readonly string[];
}

export interface ToolOptions {
  /** It is ended where it writes nothing for so long, milliseconds. */
  readonly quietMs: number;
  readonly signal?: AbortSignal;
  /** Hears each line of stdout and stderr, hidden characters made visible. */
  readonly onLine?: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** Lines that are kept, and characters of one. */
const keptLines = 200;
const keptCharacters = 500;
/** Characters of stdout that are kept. */
const keptOutput = 1 << 20;
/** After its end a process of its own may hold its pipes open for so long, milliseconds. */
const lastWordsMs = 1_000;

/**
 * Runs a program to its end. Its stdin is a pipe that stays open as long as this process lives, which is how `guarded.py`
 * knows. It is ended with its whole group of processes.
 * @throws AbortedError
 */
export async function runTool(command: readonly [string, ...string[]], options: ToolOptions): Promise<Ran> {
  const { signal, quietMs, onLine } = options;
  const [program, ...args] = command;
  if (signal?.aborted) throw new AbortedError(program);
  // A group of its own, so that it can be ended with whatever it started.
  const child = spawn(program, args, { stdio: "pipe", detached: true, env: options.env ?? process.env });
  const lines: string[] = [];
  let out = "";
  let how: string | undefined;
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended by itself at this moment.
    }
  };
  const silent = setTimeout(() => {
    how = `wrote nothing for ${Math.round(quietMs / 1000)} s and was ended`;
    kill();
  }, quietMs);
  const keep = (line: string): void => {
    const shown = visibleLine(line.slice(0, keptCharacters)).trim();
    if (shown === "") return;
    lines.push(shown);
    if (lines.length > keptLines) lines.shift();
    onLine?.(shown);
  };
  signal?.addEventListener("abort", kill);
  const streams = [child.stdout, child.stderr].map((stream) => {
    const split = new LineSplitter(keep);
    stream.setEncoding("utf8").on("data", (text: string) => {
      silent.refresh();
      if (stream === child.stdout) out = (out + text).slice(0, keptOutput);
      split.push(text);
    });
    return split;
  });
  try {
    how = await new Promise<string>((resolve) => {
      child.on("error", (error) => resolve(spawnFault(error)));
      child.on("exit", (code, killed) => {
        const end = killed ? `was ended by ${killed}` : `ended with exit code ${code}`;
        const timer = setTimeout(() => resolve(how ?? end), lastWordsMs);
        child.once("close", () => {
          clearTimeout(timer);
          resolve(how ?? end);
        });
      });
    });
  } finally {
    clearTimeout(silent);
    signal?.removeEventListener("abort", kill);
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  }
  for (const split of streams) split.end();
  if (signal?.aborted) throw new AbortedError(program);
  return { ok: how === "ended with exit code 0", how, out, lines };
}

/** How a program ended with the last that it said, as a phrase after its name and without a full stop. */
export function endOf({ how, lines }: Ran): string {
  return [how, ...lines.slice(-1)].join(": ").replace(/\.+$/, "");
}

/** What `how` is of a program that is not there. */
export const notFound = "was not found";

function spawnFault(error: Error): string {
  const code = errorCode(error);
  if (code === "ENOENT") return notFound;
  return code === "EACCES" ? "may not be executed" : `could not be started: ${visibleLine(error.message)}`;
}

/** Cuts a stream of text into lines; a carriage return ends one, too. */
class LineSplitter {
  #rest = "";
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/[\r\n]/);
    // A line without an end must not fill the memory.
    this.#rest = lines.pop()!.slice(0, keptCharacters);
    for (const line of lines) this.#onLine(line);
  }

  end(): void {
    this.#onLine(this.#rest);
  }
}
