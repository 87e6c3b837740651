import type { DaemonClient } from "../../client/client.ts";
import { resolveConfig } from "../../config/load.ts";
import type { RunOverview } from "../../protocol.ts";
import type { RoundRecord } from "../../store/records.ts";
import { namesAndSettings, usageError, wholeNumber } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { type Command, jsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";
import { isVerified } from "../report.ts";
import { allQueries, sampleLines } from "../samples.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { showLines } from "../show-run.ts";
import { printable } from "../text/printable.ts";
import { RunView } from "../watch/run-view.ts";

/** `sparring show <run>`: everything about a run. */
export const show: Command = {
  name: "show",
  group: "Look",
  usage: "<run>",
  summary: "Show a run: settings, rounds, checkpoints; or its samples or log.",
  options: {
    samples: { value: "round", meaning: "A round's queries with answers, rewards and advantages." },
    log: { meaning: "The newest lines of its log." },
    lines: { value: "n", meaning: "Lines of the log. Default: 100." },
    json: jsonOption,
  },
  completes: "runs",
  async run(cli, args) {
    const { names } = namesAndSettings(show, args.positionals, ["the id of a run"], "no settings");
    const samples = wholeNumber(show, args, "samples", [0, 999_999_999]);
    const lines = wholeNumber(show, args, "lines", [1, 1000]);
    const log = args.flag("log") || lines !== undefined;
    if (log && samples !== undefined) throw usageError("--samples and --log exclude each other", show);
    const json = args.flag("json");
    return withDaemon(cli, async (client) => {
      const overview = await resolveRun(client, names[0]!);
      if (samples !== undefined) await showSamples(cli, client, overview, samples, json);
      else if (log) await showLog(cli, client, overview.id, lines, json);
      else await showRun(cli, client, overview.id, json);
      return exitCodes.ok;
    });
  },
};

async function showRun(cli: Cli, client: DaemonClient, run: string, json: boolean): Promise<void> {
  const facts = await client.request("sparring/run/get", { run });
  const rounds = await allRounds(client, run);
  if (json) return printJson(cli, { ...facts, rounds });
  const view = new RunView(facts, cli.now());
  view.rounds.push(...rounds);
  print(cli, showLines(view, cli.date(), styleOf(cli, cli.stdout)));
}

async function allRounds(client: DaemonClient, run: string): Promise<RoundRecord[]> {
  const rounds: RoundRecord[] = [];
  for (;;) {
    const page = await client.request("sparring/round/list", { run, after: rounds.at(-1)?.round ?? -1 });
    rounds.push(...page.rounds);
    if (!page.more) return rounds;
  }
}

async function showSamples(
  cli: Cli,
  client: DaemonClient,
  { id }: RunOverview,
  round: number,
  json: boolean,
): Promise<void> {
  const queries = await allQueries(client, id, round);
  if (json) return printJson(cli, queries);
  const { config } = await client.request("sparring/run/get", { run: id });
  print(cli, sampleLines(round, queries, isVerified(resolveConfig(config)), styleOf(cli, cli.stdout)));
}

async function showLog(
  cli: Cli,
  client: DaemonClient,
  run: string,
  lines: number | undefined,
  json: boolean,
): Promise<void> {
  const log = await client.request("sparring/run/log", { run, ...(lines !== undefined && { lines }) });
  if (json) printJson(cli, log);
  else print(cli, log.lines.length === 0 ? ["The log is empty."] : log.lines.map(printable));
}
