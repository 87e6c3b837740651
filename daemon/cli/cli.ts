import type { DaemonClient } from "../client/client.ts";
import type { ResultOf } from "../protocol.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Screen } from "./watch/watcher.ts";

/** The world that a command acts on. */
export interface Cli {
  /**
   * Reaches the daemon of this home.
   * @param options.start start one where none runs
   * @throws SparringError `client/…`
   */
  readonly connect: (options: { readonly start: boolean }) => Promise<DaemonClient>;
  /** Is the daemon until it is told to end; returns the exit code. */
  readonly serve: (options: { readonly background: boolean }) => Promise<number>;
  /** Trains one step with the embedded engine; says on what device. */
  readonly tryEngine: () => Promise<string>;
  /** What there is for the torch engine; undefined where nobody has set it up. */
  readonly lookAtTorch: () => Promise<ResultOf<"sparring/engine/setup">["findings"] | undefined>;
  readonly stdin: Keyboard;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where runs lie. */
  readonly home: string;
  readonly workspace: string;
  /** The config that `play` trains. */
  readonly example: string;
  readonly version: string;
  /** How the user called this program, for commands that they are told to run. */
  readonly invocation: string;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** The calendar's time. */
  readonly date: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** A number that nobody else draws, in hexadecimal. */
  readonly unique: (bytes: number) => string;
  /** Whether a process of this machine has not ended. */
  readonly processExists: (pid: number) => boolean;
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
  /** The daemon can't be reached or started. */
  unreachable: 3,
  /** Ctrl+C, or the run was stopped: what was finished is kept. */
  interrupted: 130,
} as const;
