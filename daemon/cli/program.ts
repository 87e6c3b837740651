import { readdir } from "node:fs/promises";
import { layout } from "../store/layout.ts";
import { parseArguments } from "./arguments.ts";
import { type Cli, exitCodes } from "./cli.ts";
import type { Command } from "./command.ts";
import { agreement } from "./commands/agreement.ts";
import { chat } from "./commands/chat.ts";
import { completion } from "./commands/completion.ts";
import { data } from "./commands/data.ts";
import { doctor } from "./commands/doctor.ts";
import { evalCommand } from "./commands/eval.ts";
import { exportCommand } from "./commands/export.ts";
import { fork } from "./commands/fork.ts";
import { commandHelp, findCommand, overview } from "./commands/help.ts";
import { list } from "./commands/list.ts";
import { loss } from "./commands/loss.ts";
import { pause } from "./commands/pause.ts";
import { play } from "./commands/play.ts";
import { rate } from "./commands/rate.ts";
import { resume } from "./commands/resume.ts";
import { run } from "./commands/run.ts";
import { schema } from "./commands/schema.ts";
import { serve } from "./commands/serve.ts";
import { setup } from "./commands/setup.ts";
import { show } from "./commands/show.ts";
import { stop } from "./commands/stop.ts";
import { study } from "./commands/study.ts";
import { watch } from "./commands/watch.ts";
import { candidatesFor } from "./completion/candidates.ts";
import { styleOf } from "./screen.ts";
import { exitCodeOfError, showError } from "./show-error.ts";

/** Every verb, in the order in which help shows them. */
export const commands: readonly Command[] = [
  ...[play, run, resume, fork, study],
  ...[list, show, watch, data, loss],
  ...[pause, stop],
  ...[rate, agreement, chat, evalCommand],
  ...[exportCommand],
  ...[doctor, setup, serve, completion, schema],
];

/** Does what a command line says. */
async function dispatch(cli: Cli, [name, ...rest]: readonly string[]): Promise<number> {
  if (name === "--version" || name === "-v") {
    cli.stdout.write(`${cli.version}\n`);
    return exitCodes.ok;
  }
  if (name === "__complete") return complete(cli, rest);
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

/** What completion scripts ask: how the last of these words can go on, one candidate a line. It starts no daemon. */
async function complete(cli: Cli, words: readonly string[]): Promise<number> {
  const runs = (): Promise<string[]> => readdir(layout.runs(cli.home)).catch(() => []);
  const asked = { words: words.slice(0, -1), current: words.at(-1) ?? "" };
  const candidates = await candidatesFor(asked, commands, runs);
  cli.stdout.write(candidates === "files" ? "files\n" : candidates.map((text) => `${text}\n`).join(""));
  return exitCodes.ok;
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
