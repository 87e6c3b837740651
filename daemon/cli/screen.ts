import type { ConfigWarning } from "../config/problem.ts";
import type { Cli } from "./cli.ts";
import { coloured, plain } from "./text/colours.ts";
import { wrap } from "./text/fit.ts";
import { printable } from "./text/printable.ts";
import type { Style } from "./text/style.ts";
import { defaultColumns, isLive, type Screen } from "./watch/watcher.ts";

/** Where people read: the terminal, unless stdout is for a program. */
export function screenOf(cli: Cli, json: boolean): Screen {
  return json ? cli.stderr : cli.stdout;
}

/** The layout of what people read on a screen. */
export function styleOf(cli: Cli, screen: Screen): Style {
  const colours = isLive(screen, cli.env) ? coloured : plain;
  return { columns: screen.columns ?? defaultColumns, colours, invocation: cli.invocation };
}

/** Writes lines to stdout. */
export function print(cli: Cli, lines: readonly string[]): void {
  for (const line of lines) cli.stdout.write(`${line}\n`);
}

/** Writes a value to stdout as one line of JSON. */
export function printJson(cli: Cli, value: unknown): void {
  cli.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Shows the warnings of a config before it runs, each with its next step below. */
export function showWarnings(cli: Cli, warnings: readonly ConfigWarning[]): void {
  const { columns, colours } = styleOf(cli, cli.stderr);
  for (const { place, message, next } of warnings) {
    const text = printable(`${place === undefined ? "" : `${place}: `}warning: ${message}`);
    for (const line of [...wrap(text, columns), ...wrap(next, columns, "  ")]) {
      cli.stderr.write(`${colours.yellow(line)}\n`);
    }
  }
}
