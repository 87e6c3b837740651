import type { DaemonClient } from "../../client/client.ts";
import { resolveConfig } from "../../config/load.ts";
import type { RunOverview } from "../../protocol.ts";
import type { RoundRecord } from "../../store/records.ts";
import { scoringOf } from "../../text/why-score.ts";
import { namesAndSettings, usageError, wholeNumber } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { type Command, jsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";
import { findQuery, type Place } from "../rate/ratings.ts";
import { isPaired } from "../reports/pair-samples.ts";
import { isVerified } from "../reports/report.ts";
import { allQueries, sampleLines } from "../reports/samples.ts";
import { showLines } from "../reports/show-run.ts";
import { whyReport } from "../reports/why-report.ts";
import { print, printJson, styleOf } from "../screen.ts";
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
    why: {
      value: "round:query:answer",
      meaning: "Why an answer has its scores: who gave them, what the judges said, and where its advantage comes from.",
    },
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
    const why = placeOf(args.text("why"));
    if (log && samples !== undefined) throw usageError("--samples and --log exclude each other", show);
    if (why && (log || samples !== undefined)) {
      throw usageError("--why excludes --samples and --log", show);
    }
    const json = args.flag("json");
    return withDaemon(cli, async (client) => {
      const overview = await resolveRun(client, names[0]!);
      if (why) await showWhy(cli, client, overview.id, why, json);
      else if (samples !== undefined) await showSamples(cli, client, overview, samples, json);
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
  const { config, record } = await client.request("sparring/run/get", { run: id });
  const verified = isVerified(resolveConfig(config));
  print(cli, sampleLines(round, queries, verified, styleOf(cli, cli.stdout), record?.judges));
}

/** @throws SparringError `cli/usage` */
function placeOf(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,9}):(\d{1,6}):(\d{1,6})$/.exec(text);
  if (!match) throw usageError(`--why wants <round>:<query>:<answer>, found ${JSON.stringify(text)}`, show);
  return { round: Number(match[1]), query: Number(match[2]), answer: Number(match[3]) };
}

async function showWhy(cli: Cli, client: DaemonClient, run: string, place: Place, json: boolean): Promise<void> {
  const query = await findQuery(client, run, place);
  if (json) return printJson(cli, query);
  const { config, record } = await client.request("sparring/run/get", { run });
  const resolved = resolveConfig(config);
  const style = styleOf(cli, cli.stdout);
  const lines = isPaired([query])
    ? sampleLines(place.round, [query], isVerified(resolved), style)
    : whyReport(place, query, scoringOf(resolved, record?.judges), style);
  print(cli, lines);
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
