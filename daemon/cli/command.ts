import type { Cli } from "./cli.ts";

/** A command line after its command's name. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** Whether an option without a value is there. */
  flag(name: string): boolean;
  /** The value of an option, if it is there. */
  text(name: string): string | undefined;
  /** The values of an option that may come several times, in order. */
  texts(name: string): readonly string[];
}

/** An option of a command, `--name` or `--name value`; some have a short form. */
export interface Option {
  /** Placeholder of its value in help texts; absent for an option without one. */
  readonly value?: string;
  /** One letter that stands for the name, as in `-n 5`. */
  readonly short?: string;
  /** It may come several times, each time with a value. */
  readonly several?: true;
  readonly meaning: string;
}

/** Headings of the overview, in its order. */
export const groups = ["Train", "Look", "Control", "Judge and talk", "Take along", "Set up"] as const;

/** A verb of the command line. */
export interface Command {
  readonly name: string;
  readonly group: (typeof groups)[number];
  /** Its arguments, as help shows them. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What else help says about it. */
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
  /** What a shell offers for its arguments: runs, files, or these words. */
  readonly completes?: "runs" | "files" | readonly string[];
  /**
   * Does it.
   * @returns the exit code
   * @throws SparringError what went wrong, to be shown
   */
  run(cli: Cli, args: Arguments): Promise<number>;
}

/** The option that every command has whose output a program may want to read. */
export const jsonOption: Option = { meaning: "Print JSON." };

/** The same, of commands that watch a run. */
export const watchJsonOption: Option = {
  meaning: "Progress goes to stderr; the last line of stdout is a JSON summary.",
};

export const sendToOption: Option = {
  value: "origin",
  several: true,
  meaning:
    "Agree to have the run's queries and answers sent to this server, e.g. https://api.openai.com. May be given several times.",
};

export const detachOption: Option = { meaning: "Return at once; the run goes on by itself." };
