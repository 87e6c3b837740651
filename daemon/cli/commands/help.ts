import { nearest } from "../../config/keys.ts";
import { usageError } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import { type Command, groups } from "../command.ts";
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
  const entries = Object.entries(options).map(([option, { value, short, meaning }]) => {
    const names = short === undefined ? `--${option}` : `-${short}, --${option}`;
    return [`${names}${value === undefined ? "" : ` <${value}>`}`, meaning] as const;
  });
  const termWidth = Math.max(14, ...entries.map(([term]) => term.length + 2));
  const flags = Object.keys(options).length > 0 ? "[options]" : "";
  return [
    ["sparring", name, usage, flags].filter((part) => part !== "").join(" "),
    ...paragraph(summary),
    ...(details === undefined ? [] : paragraph(details)),
    ...(entries.length > 0 ? ["", ...definitions(entries, termWidth)] : []),
    "",
  ].join("\n");
}

/** What there is: every command in a line, settings, environment and exit codes. */
export function overview(commands: readonly Command[]): string {
  return [
    "sparring <command> [arguments]",
    ...paragraph("Self-play post-training of language models: a model plays against itself, is judged, and learns."),
    ...groups.flatMap((group) => [
      ...paragraph(group),
      ...definitions(
        commands.filter((command) => command.group === group).map(({ name, summary }) => [name, summary]),
        12,
      ),
    ]),
    "",
    ...definitions(
      [
        ["sparring help <command>", "Arguments and options of a command."],
        ["sparring --version", "The version."],
      ],
      26,
    ),
    ...paragraph("A run is named by its id, by the beginning of it, or by `last` for the newest."),
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
        [String(exitCodes.unreachable), "The daemon can't be reached or started."],
        [String(exitCodes.interrupted), "Left by Ctrl+C while the run goes on, or the run was stopped."],
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
