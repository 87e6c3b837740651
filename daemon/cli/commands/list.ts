import type { DaemonClient } from "../../client/client.ts";
import type { RunOverview } from "../../protocol.ts";
import { age, fixed, percent } from "../../text/numbers.ts";
import { namesAndSettings } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { allRuns } from "../names.ts";
import { recentAlarms } from "../recent-alarms.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { inkOf, isPausedByAlarm } from "../states.ts";
import { bar } from "../text/bars.ts";
import type { Colours } from "../text/colours.ts";
import { wrap } from "../text/fit.ts";
import { type GridColumn, gridLines } from "../text/grid.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { tilde } from "../watch/header.ts";
import { queueLine } from "../watch/queue-line.ts";

const newest = 20;
const barColumns = 8;

/** `sparring list`: all runs in a table. */
export const list: Command = {
  name: "list",
  group: "Look",
  usage: "",
  summary: "List runs, the newest first.",
  options: {
    all: { meaning: `All of them, not only the newest ${newest}.` },
    json: { meaning: "Print a JSON array of all runs." },
  },
  async run(cli, args) {
    namesAndSettings(list, args.positionals, [], "no settings");
    return withDaemon(cli, async (client) => {
      const runs = await allRuns(client);
      if (args.flag("json")) printJson(cli, runs);
      else await showRuns(cli, client, runs, args.flag("all"));
      return exitCodes.ok;
    });
  },
};

async function showRuns(cli: Cli, client: DaemonClient, runs: readonly RunOverview[], all: boolean): Promise<void> {
  const style = styleOf(cli, cli.stdout);
  const { colours, columns, invocation } = style;
  if (runs.length === 0) {
    print(cli, [
      `There are no runs in ${tilde(client.hello.home)} yet.`,
      ...wrap(`\`${invocation} play\` trains the example, \`${invocation} run <config>\` a config of yours.`, columns),
    ]);
    return;
  }
  const shown = all ? runs : runs.slice(0, newest);
  print(cli, runTable(shown, await recentAlarms(client, shown), style, cli.date()));
  const rest = runs.length - shown.length;
  if (rest > 0) print(cli, ["", colours.dim(`${rest} older: \`${invocation} list --all\``)]);
  const next = runs.find(({ queuePlace }) => queuePlace === 1);
  const isHeldUp = next && runs.find(({ id }) => id === next.waitsFor)?.state === "paused";
  const line = isHeldUp ? await queueLine(client, next, invocation) : undefined;
  if (line !== undefined) print(cli, ["", ...wrap(line, columns)]);
}

/**
 * The table of runs.
 * @param alarms how many began with a run's newest rounds, where any did
 */
export function runTable(
  runs: readonly RunOverview[],
  alarms: ReadonlyMap<string, number>,
  { columns, colours }: Style,
  now: Date,
): string[] {
  const column = (title: string, align: GridColumn["align"], cell: (run: RunOverview) => string): GridColumn => ({
    title,
    align,
    cells: runs.map(cell),
  });
  const bars: GridColumn = {
    ...column("", "left", ({ round, rounds }) => {
      const { filled, rest } = bar((round ?? 0) / Math.max(1, rounds), barColumns);
      return filled + rest.replaceAll(" ", "·");
    }),
    ink: (cell, row) => dimRest(cell, inkOf(runs[row]!.state, colours), colours),
    dispensable: 1,
  };
  const ratings = column("rated", "right", ({ ratings: count }) => (count === 0 ? "" : String(count)));
  const rung = column("alarms", "right", ({ id }) => String(alarms.get(id) ?? ""));
  const hasRatings = runs.some(({ ratings: count }) => count > 0);
  return gridLines(
    [
      { ...column("run", "left", ({ id }) => id), ink: (cell) => colours.bold(cell) },
      { ...column("state", "left", stateText), ink: (cell, row) => inkOf(runs[row]!.state, colours)(cell) },
      { ...column("plays", "left", ({ algorithm }) => printable(algorithm)), dispensable: 4 },
      column("round", "right", ({ round, rounds }) => `${round ?? "–"}/${rounds}`),
      bars,
      column("held-out", "right", accuracyText),
      ...(alarms.size > 0 ? [{ ...rung, ink: (cell: string) => colours.yellow(cell), dispensable: 5 }] : []),
      ...(hasRatings ? [{ ...ratings, dispensable: 3 }] : []),
      { ...column("age", "right", ({ createdAt }) => age((+now - Date.parse(createdAt)) / 1000)), dispensable: 2 },
    ],
    columns,
    colours,
  );
}

/** The state, with what was asked for, that an alarm paused it, or its place in the queue. */
function stateText(run: RunOverview): string {
  const { state, asked, queuePlace } = run;
  if (asked) return { pause: "pausing", stop: "stopping" }[asked];
  if (isPausedByAlarm(run)) return "paused: alarm";
  return state === "queued" && queuePlace !== undefined ? `queued ${queuePlace}` : state;
}

function accuracyText({ accuracy }: RunOverview): string {
  if (!accuracy) return "–";
  const { first, last } = accuracy;
  return `${fixed(1)(first * 100)} → ${percent(last)}`;
}

/** The filled part of a bar in the state's colour, the rest dim. */
function dimRest(cell: string, ink: (text: string) => string, colours: Colours): string {
  const filled = cell.replaceAll("·", "");
  return ink(filled) + colours.dim(cell.slice(filled.length));
}
