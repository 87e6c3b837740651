import type { Cli } from "./cli.ts";

/** A command line after its command's name. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** Whether an option without a value is there. */
  flag(name: string): boolean;
  /** The value of an option, if it is there. */
  text(name: string): string | undefined;
}

/** An option of a command, `--name` or `--name value`. */
export interface Option {
  /** Placeholder of its value in help texts; absent for an option without one. */
  readonly value?: string;
  readonly meaning: string;
}

/** A verb of the command line. */
export interface Command {
  readonly name: string;
  /** Its arguments, as help shows them. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What else help says about it. */
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
  /**
   * Does it.
   * @returns the exit code
   * @throws SparringError what went wrong, to be shown
   */
  run(cli: Cli, args: Arguments): Promise<number>;
}
