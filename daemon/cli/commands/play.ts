import { resolve } from "node:path";
import { applyOverrides, loadConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { newRunId } from "../../text/run-id.ts";
import { usageError } from "../arguments.ts";
import { exitCodeOf, sayQueued } from "../attend.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { type Command, detachOption, watchJsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { printJson, screenOf, showWarnings, styleOf } from "../screen.ts";
import { meanOfSeeds, seedsTable } from "../seeds.ts";
import type { RunSummary } from "../watch/summary.ts";
import { watchRun } from "../watch/watch-run.ts";

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
  group: "Train",
  usage: "[key=value …]",
  summary: "Train the example: Language Self-Play on additions, in minutes.",
  details: "The same as `sparring run` with examples/addition.sparring.yaml.",
  options: {
    seed: { value: "n", meaning: "Seed of the run, or the first of several. Default: 1." },
    seeds: { value: "k", meaning: "Train k seeds in a row, and end with their mean." },
    rounds: { value: "n", meaning: "Rounds to play." },
    detach: detachOption,
    json: watchJsonOption,
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
    const configs = Array.from({ length: count }, (_, i) => applyOverrides(config, [`seed=${config.seed + i}`]).config);
    const json = args.flag("json");
    return args.flag("detach") ? queueAll(cli, configs, json) : watchAll(cli, configs, json);
  },
};

/** What `run/start` gets. */
function request(cli: Cli, config: Config) {
  return {
    run: newRunId(config.name, cli.date(), cli.unique(2)),
    config: { ...config },
    file: resolve(cli.workspace, cli.example),
    workspace: cli.workspace,
  };
}

async function queueAll(cli: Cli, configs: readonly Config[], json: boolean): Promise<number> {
  return withDaemon(cli, async (client) => {
    for (const config of configs) {
      await sayQueued(cli, client, await client.request("sparring/run/start", request(cli, config)), json);
    }
    return exitCodes.ok;
  });
}

/** Queues each when the one before has finished, so that a later one is not begun if an earlier one fails or is left. */
async function watchAll(cli: Cli, configs: readonly Config[], json: boolean): Promise<number> {
  const summaries: RunSummary[] = [];
  for (const [i, config] of configs.entries()) {
    if (configs.length > 1) {
      screenOf(cli, json).write(`${i > 0 ? "\n" : ""}Seed ${config.seed} (${i + 1} of ${configs.length})\n\n`);
    }
    const summary = await withDaemon(cli, async (client) => {
      const { id } = await client.request("sparring/run/start", request(cli, config));
      return watchRun(cli, client, id, { json });
    });
    if (summary?.status !== "finished") return exitCodeOf(summary);
    summaries.push(summary);
  }
  report(cli, json, summaries);
  return exitCodes.ok;
}

function report(cli: Cli, json: boolean, summaries: readonly RunSummary[]): void {
  const screen = screenOf(cli, json);
  const [only] = summaries;
  if (summaries.length > 1) {
    for (const line of seedsTable(summaries, styleOf(cli, screen).colours)) screen.write(`${line}\n`);
  }
  if (!json) return;
  printJson(
    cli,
    summaries.length === 1 ? forScripts(only!) : { ...meanOfSeeds(summaries), seeds: summaries.map(forScripts) },
  );
}
