import { parseArguments } from "./arguments.ts";
import { type Cli, exitCodes } from "./cli.ts";
import type { Command } from "./command.ts";
import { fork } from "./commands/fork.ts";
import { commandHelp, findCommand, overview } from "./commands/help.ts";
import { play } from "./commands/play.ts";
import { resume } from "./commands/resume.ts";
import { run } from "./commands/run.ts";
import { schema } from "./commands/schema.ts";
import { styleOf } from "./session.ts";
import { exitCodeOfError, showError } from "./show-error.ts";

const commands: readonly Command[] = [play, run, resume, fork, schema];

/** Does what a command line says. */
async function dispatch(cli: Cli, [name, ...rest]: readonly string[]): Promise<number> {
  if (name === "--version" || name === "-v") {
    cli.stdout.write(`${cli.version}\n`);
    return exitCodes.ok;
  }
  const isHelp = name === undefined || name === "help" || name === "--help" || name === "-h";
  if (isHelp) {
    cli.stdout.write(rest[0] === undefined ? overview(commands) : commandHelp(findCommand(rest[0], commands)));
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  const command = findCommand(name, commands);
  if (rest.includes("--help") || rest.includes("-h")) {
    cli.stdout.write(commandHelp(command));
    return exitCodes.ok;
  }
  return command.run(cli, parseArguments(command, rest));
}

/** Runs the command line, shows what goes wrong on stderr, and returns the exit code. */
export async function runProgram(cli: Cli, args: readonly string[]): Promise<number> {
  try {
    return await dispatch(cli, args);
  } catch (error) {
    for (const line of showError(error, styleOf(cli, cli.stderr))) cli.stderr.write(`${line}\n`);
    return exitCodeOfError(error);
  }
}
