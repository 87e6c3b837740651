import type { RunOverview } from "../../protocol.ts";
import { age, fixed, percent } from "../../text/numbers.ts";
import { namesAndSettings } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { allRuns } from "../names.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { inkOf } from "../states.ts";
import { bar } from "../text/bars.ts";
import type { Colours } from "../text/colours.ts";
import { wrap } from "../text/fit.ts";
import { type GridColumn, gridLines } from "../text/grid.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { tilde } from "../watch/header.ts";

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
      else showRuns(cli, runs, args.flag("all"), client.hello.home);
      return exitCodes.ok;
    });
  },
};

function showRuns(cli: Cli, runs: readonly RunOverview[], all: boolean, home: string): void {
  const style = styleOf(cli, cli.stdout);
  const { colours, columns, invocation } = style;
  if (runs.length === 0) {
    print(cli, [
      `There are no runs in ${tilde(home)} yet.`,
      ...wrap(`\`${invocation} play\` trains the example, \`${invocation} run <config>\` a config of yours.`, columns),
    ]);
    return;
  }
  const shown = all ? runs : runs.slice(0, newest);
  print(cli, runTable(shown, style, cli.date()));
  const rest = runs.length - shown.length;
  if (rest > 0) print(cli, ["", colours.dim(`${rest} older: \`${invocation} list --all\``)]);
}

/** The table of runs. */
export function runTable(runs: readonly RunOverview[], { columns, colours }: Style, now: Date): string[] {
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
  const hasRatings = runs.some(({ ratings: count }) => count > 0);
  return gridLines(
    [
      { ...column("run", "left", ({ id }) => id), ink: (cell) => colours.bold(cell) },
      { ...column("state", "left", stateText), ink: (cell, row) => inkOf(runs[row]!.state, colours)(cell) },
      { ...column("plays", "left", ({ algorithm }) => printable(algorithm)), dispensable: 4 },
      column("round", "right", ({ round, rounds }) => `${round ?? "–"}/${rounds}`),
      bars,
      column("held-out", "right", accuracyText),
      ...(hasRatings ? [{ ...ratings, dispensable: 3 }] : []),
      { ...column("age", "right", ({ createdAt }) => age((+now - Date.parse(createdAt)) / 1000)), dispensable: 2 },
    ],
    columns,
    colours,
  );
}

/** The state, with what was asked for or its place in the queue. */
function stateText({ state, asked, queuePlace }: RunOverview): string {
  if (asked) return { pause: "pausing", stop: "stopping" }[asked];
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
