import type { forkRun, resumeRun, startRun } from "../runs/run.ts";
import type { Screen } from "./watch/watcher.ts";

/** What starts and continues runs; a parameter, so that commands can be tested without an engine. */
export interface Runner {
  readonly startRun: typeof startRun;
  readonly resumeRun: typeof resumeRun;
  readonly forkRun: typeof forkRun;
}

/** The world that a command acts on. */
export interface Cli {
  readonly runner: Runner;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspace: string;
  /** The config that `play` trains. */
  readonly example: string;
  readonly version: string;
  /** How the user called this program, for commands that they are told to run. */
  readonly invocation: string;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Calls `handler` on every Ctrl+C or request to end, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Ends the process at once. */
  readonly kill: () => void;
}

/** What a program ends with; part of its interface to scripts. */
export const exitCodes = {
  ok: 0,
  /** The run or command failed. */
  failed: 1,
  /** The command line or the config is wrong; nothing was started. */
  usage: 2,
  /** Ctrl+C: what was finished is kept. */
  interrupted: 130,
} as const;
