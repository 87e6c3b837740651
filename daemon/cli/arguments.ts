import { parseArgs } from "node:util";
import { nearest } from "../config/keys.ts";
import { SparringError } from "../errors.ts";
import type { Arguments, Command } from "./command.ts";

/** An error in the command line; the command's usage is the next step. */
export function usageError(message: string, command: Command | undefined, hint?: string): SparringError {
  const help = `Run \`sparring help${command ? ` ${command.name}` : ""}\`.`;
  return new SparringError("cli/usage", message, hint === undefined ? help : `${hint} ${help}`, {
    place: "command line",
  });
}

/**
 * Parses what follows a command's name.
 * @throws SparringError `cli/usage`
 */
export function parseArguments(command: Command, args: readonly string[]): Arguments {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || Object.hasOwn(options, name)) continue;
    const meant = nearest(name, Object.keys(options));
    throw usageError(`\`${command.name}\` has no option --${name}`, command, meant && `Did you mean --${meant}?`);
  }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return {
      positionals,
      flag: (name) => values[name] === true,
      text: (name) => {
        const value = values[name];
        return typeof value === "string" ? value : undefined;
      },
    };
  } catch (error) {
    const [sentence] = (error as Error).message.split(". ");
    throw usageError(sentence!, command);
  }
}

/**
 * Splits positional arguments into names and `key=value` settings.
 * @throws SparringError `cli/usage` if there are not exactly as many names as the command wants
 */
export function namesAndSettings(
  command: Command,
  positionals: readonly string[],
  wanted: readonly string[],
): { names: string[]; settings: string[] } {
  const settings = positionals.filter((argument) => argument.includes("="));
  const names = positionals.filter((argument) => !argument.includes("="));
  if (names.length < wanted.length) throw usageError(`\`${command.name}\` needs ${wanted[names.length]}`, command);
  if (names.length > wanted.length) {
    throw usageError(
      `\`${command.name}\` does not know what to do with ${JSON.stringify(names[wanted.length])}`,
      command,
      "Settings are written key=value.",
    );
  }
  return { names, settings };
}
