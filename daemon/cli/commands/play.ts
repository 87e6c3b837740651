import { applyOverrides, loadConfig } from "../../config/load.ts";
import type { RunSummary } from "../../runs/train.ts";
import { usageError } from "../arguments.ts";
import type { Cli } from "../cli.ts";
import type { Command } from "../command.ts";
import { meanOfSeeds, seedsTable } from "../seeds.ts";
import { exitCodeOf, screenOf, showWarnings, styleOf, watchRun } from "../session.ts";

/** What a script that plays wants to know; the shape is promised. */
function forScripts({ before, after, seconds, rounds, seed }: RunSummary): object {
  return { before, after, seconds, rounds, seed };
}

function countOf(text: string | undefined): number {
  if (text === undefined) return 1;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw usageError(`--seeds wants a number from 1 to 999, found "${text}"`, play);
  return Number(text);
}

/** `sparring play`: the example, from nothing to a report, for one seed or several. */
export const play: Command = {
  name: "play",
  usage: "[key=value …]",
  summary: "Train the example: Language Self-Play on additions, in minutes.",
  details: "The same as `sparring run` with examples/addition.sparring.yaml.",
  options: {
    seed: { value: "n", meaning: "Seed of the run, or the first of several. Default: 1." },
    seeds: { value: "k", meaning: "Train k seeds in a row, and end with their mean." },
    rounds: { value: "n", meaning: "Rounds to play." },
    json: { meaning: "Progress goes to stderr; the last line of stdout is a JSON summary." },
  },
  async run(cli, args) {
    const count = countOf(args.text("seeds"));
    const [seed, rounds] = [args.text("seed"), args.text("rounds")];
    const overrides = [
      ...args.positionals,
      ...(seed === undefined ? [] : [`seed=${seed}`]),
      ...(rounds === undefined ? [] : [`game.rounds=${rounds}`]),
    ];
    const { config, warnings } = await loadConfig(cli.example, overrides);
    showWarnings(cli, warnings);

    const json = args.flag("json");
    const summaries: RunSummary[] = [];
    for (let i = 0; i < count; i++) {
      const seeded = applyOverrides(config, [`seed=${config.seed + i}`]).config;
      if (count > 1) screenOf(cli, json).write(`${i > 0 ? "\n" : ""}Seed ${seeded.seed} (${i + 1} of ${count})\n\n`);
      const summary = await watchRun(cli, json, (options) => cli.runner.startRun(seeded, options));
      if (summary?.status !== "finished") return exitCodeOf(summary);
      summaries.push(summary);
    }
    report(cli, json, summaries);
    return exitCodeOf(summaries.at(-1));
  },
};

function report(cli: Cli, json: boolean, summaries: readonly RunSummary[]): void {
  const screen = screenOf(cli, json);
  const [only] = summaries;
  if (summaries.length > 1) {
    for (const line of seedsTable(summaries, styleOf(cli, screen).colours)) screen.write(`${line}\n`);
  }
  if (!json) return;
  const line =
    summaries.length === 1 ? forScripts(only!) : { ...meanOfSeeds(summaries), seeds: summaries.map(forScripts) };
  cli.stdout.write(`${JSON.stringify(line)}\n`);
}
