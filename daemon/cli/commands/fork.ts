import { namesAndSettings, usageError } from "../arguments.ts";
import type { Command } from "../command.ts";
import { exitCodeOf, printSummary, watchRun } from "../session.ts";

/** Splits `<run>@<round>`; without a round the newest is meant. */
function parseParent(text: string): { id: string; round: number | undefined } {
  const at = text.lastIndexOf("@");
  if (at === -1) return { id: text, round: undefined };
  const round = text.slice(at + 1);
  if (at === 0 || !/^\d{1,9}$/.test(round)) {
    throw usageError(`${JSON.stringify(text)} is no run and round`, fork, "Write <run>@<round>, for example mine@200.");
  }
  return { id: text.slice(0, at), round: Number(round) };
}

/** `sparring fork <run>@<round>`: a new run from a round of another, with changed settings or without. */
export const fork: Command = {
  name: "fork",
  usage: "<run>[@round] [key=value …]",
  summary: "Start a new run from a round of another one, with changed settings.",
  details:
    "Without a round it starts from the newest. Rounds with a checkpoint can be forked from, and the last one. Settings that the change makes meaningless are dropped; all others are inherited.",
  options: {
    name: { value: "text", meaning: "Name of the new run. Default: the parent's." },
    json: { meaning: "Progress goes to stderr; the last line of stdout is a JSON summary." },
  },
  async run(cli, args) {
    const { names, settings } = namesAndSettings(fork, args.positionals, ["the id of a run, or <run>@<round>"]);
    const { id, round } = parseParent(names[0]!);
    const name = args.text("name");
    const overrides = name === undefined ? settings : [...settings, `name=${name}`];
    const json = args.flag("json");
    const summary = await watchRun(cli, json, (options) => cli.runner.forkRun(id, round, overrides, options));
    if (json) printSummary(cli, summary);
    return exitCodeOf(summary);
  },
};
