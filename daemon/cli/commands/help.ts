import { nearest } from "../../config/keys.ts";
import { usageError } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";
import { padEnd, wrap } from "../text/fit.ts";

const columns = 80;

function paragraph(text: string): string[] {
  return ["", ...wrap(text, columns)];
}

/** Two columns: a term, and what it means. */
function definitions(entries: readonly (readonly [term: string, meaning: string])[], termWidth: number): string[] {
  return entries.flatMap(([term, meaning]) => {
    const [first, ...rest] = wrap(meaning, columns - termWidth - 2);
    return [`  ${padEnd(term, termWidth)}${first}`, ...rest.map((line) => " ".repeat(termWidth + 2) + line)];
  });
}

/** How a command is used: its arguments and options. */
export function commandHelp(command: Command): string {
  const { name, usage, summary, details, options } = command;
  const entries = Object.entries(options).map(
    ([option, { value, meaning }]) => [`--${option}${value === undefined ? "" : ` <${value}>`}`, meaning] as const,
  );
  const flags = Object.keys(options).length > 0 ? "[options]" : "";
  return [
    ["sparring", name, usage, flags].filter((part) => part !== "").join(" "),
    ...paragraph(summary),
    ...(details === undefined ? [] : paragraph(details)),
    ...(entries.length > 0 ? ["", ...definitions(entries, 16)] : []),
    "",
  ].join("\n");
}

/** What there is: every command in a line, settings, environment and exit codes. */
export function overview(commands: readonly Command[]): string {
  return [
    "sparring <command> [arguments]",
    ...paragraph("Self-play post-training of language models: a model plays against itself, is judged, and learns."),
    "",
    ...definitions(
      commands.map(({ name, summary }) => [name, summary]),
      10,
    ),
    "",
    ...definitions(
      [
        ["sparring help <command>", "Arguments and options of a command."],
        ["sparring --version", "The version."],
      ],
      26,
    ),
    ...paragraph("Environment"),
    ...definitions(
      [
        ["SPARRING_HOME", "Where runs lie. Default: ~/.sparring."],
        ["NO_COLOR, CI", "If set: plain lines instead of a live display."],
      ],
      16,
    ),
    ...paragraph("Exit codes"),
    ...definitions(
      [
        [String(exitCodes.ok), "Done."],
        [String(exitCodes.failed), "Failed; what was finished is kept."],
        [String(exitCodes.usage), "The command line or the config is wrong; nothing was started."],
        [String(exitCodes.interrupted), "Interrupted; finished rounds are kept, `sparring resume` goes on."],
      ],
      6,
    ),
    "",
  ].join("\n");
}

/** The command of that name. @throws SparringError `cli/usage` with the nearest name */
export function findCommand(name: string, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const meant = nearest(
    name,
    commands.map((command) => command.name),
  );
  throw usageError(
    `there is no command ${JSON.stringify(name)}`,
    undefined,
    meant && `Did you mean \`sparring ${meant}\`?`,
  );
}
