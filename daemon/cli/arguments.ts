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
    Object.entries(command.options).map(([name, { value, short, several = false }]) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        multiple: several,
        ...(short !== undefined && { short }),
      },
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
      texts: (name) => [values[name] ?? []].flat().filter((value) => typeof value === "string"),
    };
  } catch (error) {
    const [sentence] = (error as Error).message.split(". ");
    throw usageError(sentence!, command);
  }
}

/** What may follow the names: `key=value` settings, more names, or nothing. */
type Rest = "settings" | "several" | "no settings";

/**
 * Splits positional arguments into names and `key=value` settings.
 * @param rest `several`: any number of names; `no settings`: a setting is a mistake
 * @throws SparringError `cli/usage` if there are not as many names as the command wants
 */
export function namesAndSettings(
  command: Command,
  positionals: readonly string[],
  wanted: readonly string[],
  rest: Rest = "settings",
): { names: string[]; settings: string[] } {
  const settings = positionals.filter((argument) => argument.includes("="));
  const names = positionals.filter((argument) => !argument.includes("="));
  if (names.length < wanted.length) throw usageError(`\`${command.name}\` needs ${wanted[names.length]}`, command);
  const surplus = rest === "no settings" ? [...names.slice(wanted.length), ...settings] : names.slice(wanted.length);
  if (surplus.length > 0 && rest !== "several") {
    throw usageError(
      `\`${command.name}\` does not know what to do with ${JSON.stringify(surplus[0])}`,
      command,
      rest === "settings" ? "Settings are written key=value." : undefined,
    );
  }
  return { names, settings };
}

/** Splits `<run>[@round]`; `last` and `@` are runs too. */
export function parseRunAndRound(command: Command, text: string): { name: string; round: number | undefined } {
  const at = text.lastIndexOf("@");
  if (at === -1 || text === "@") return { name: text, round: undefined };
  const round = text.slice(at + 1);
  if (at === 0 || !/^\d{1,9}$/.test(round)) {
    throw usageError(`${JSON.stringify(text)} is no run and round`, command, "Write <run>@<round>, as in mine@200.");
  }
  return { name: text.slice(0, at), round: Number(round) };
}

/**
 * The value of an option that is a whole number.
 * @throws SparringError `cli/usage` outside of [least, most]
 */
export function wholeNumber(
  command: Command,
  args: Arguments,
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= least && value <= most) return value;
  throw usageError(`--${name} wants a number from ${least} to ${most}, found ${JSON.stringify(text)}`, command);
}
