import { SparringError } from "../errors.ts";

/** One thing that is wrong with a config, or odd about it. */
export interface Problem {
  /** Stable identifier, `config/<what>`. */
  readonly code: string;
  /** What was found and what was expected, as a sentence without its place. */
  readonly message: string;
  /** What to do next, as one imperative sentence. */
  readonly next: string;
  /** `file:line:column`, `command line`, or undefined where the text has no place (a stored config). */
  readonly place: string | undefined;
}

/** Something about a valid config that is probably not what was meant. */
export type ConfigWarning = Problem;

/**
 * A config that cannot be used, with everything that is wrong with it, in the order of the text.
 * With one problem it carries that problem's code and place; with several its code is `config/invalid`.
 */
export class ConfigError extends SparringError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], cause?: unknown) {
    const [first] = problems;
    const place = first.place === undefined ? {} : { place: first.place };
    if (problems.length === 1) super(first.code, first.message, first.next, { ...place, cause });
    else super("config/invalid", `${problems.length} problems in the config`, "Correct each of them.", place);
    this.problems = problems;
  }
}
