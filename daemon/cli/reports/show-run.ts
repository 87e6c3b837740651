import type { RunOverview } from "../../protocol.ts";
import type { RoundRecord } from "../../store/records.ts";
import { age, bytes } from "../../text/numbers.ts";
import { telemetryText } from "../../text/telemetry.ts";
import { inkOf, isPausedByAlarm } from "../states.ts";
import { padEnd, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { headerLines } from "../watch/header.ts";
import { chartLines, phaseName } from "../watch/live-frame.ts";
import type { RunView } from "../watch/run-view.ts";
import { roundTable } from "../watch/table.ts";
import { alarmLines } from "./alarm-lines.ts";

/** Newest rounds in the table. */
const newestRounds = 10;

/** Newest rounds with alarms of which these are shown; the others are named. */
const newestAlarms = 10;

const labelWidth = 9;

/** Everything about a run, for people. */
export function showLines(view: RunView, date: Date, style: Style): string[] {
  const { colours, columns } = style;
  const { facts, overview } = view;
  const [run, ...header] = headerLines(view, colours.dim);
  const labelled = (label: string, text: string): string[] =>
    wrap(text, columns - labelWidth).map(
      (line, i) => colours.dim(padEnd(i === 0 ? label : "", labelWidth)) + printable(line),
    );
  const state = inkOf(overview.state, colours);
  const [first, ...more] = labelled("state", stateLine(view, date));
  return [
    run!,
    first!.replace(overview.state, () => state(overview.state)),
    ...more,
    ...header,
    ...labelled("made", `${overview.createdAt.slice(0, 16).replace("T", " ")} UTC, ${ago(overview.createdAt, date)}`),
    ...(overview.workspace === undefined ? [] : labelled("from", overview.workspace)),
    ...labelled("saved", checkpointLine(facts.checkpoints)),
    ...labelled("ratings", ratingsLine(overview, style)),
    ...problemLines(overview, style),
    ...facts.notes.flatMap((note) => wrap(`note: ${printable(note)}`, columns).map((line) => colours.yellow(line))),
    ...(view.rounds.length === 0 ? [] : ["", ...roundLines(view, style)]),
  ];
}

/** How long ago a time was. */
function ago(time: string, date: Date): string {
  return `${age((+date - Date.parse(time)) / 1000)} ago`;
}

function stateLine({ overview, progress }: RunView, date: Date): string {
  const { state, round, rounds, queuePlace, waitsFor, iteration, asked, since } = overview;
  const parts = [
    asked ? `${state}, ${asked} asked for` : isPausedByAlarm(overview) ? `${state} by an alarm` : state,
    ...(queuePlace === undefined ? [] : [`place ${queuePlace}`]),
    ...(waitsFor === undefined ? [] : [`behind ${waitsFor}`]),
    ...(iteration ? [`iteration ${iteration.now} of ${iteration.of}`] : []),
    round === null ? `no round of ${rounds} finished` : `round ${round} of ${rounds} finished`,
    ...(progress?.phase ? [`${phaseName(progress.phase)} in round ${progress.round}`] : []),
    ...(progress?.telemetry ? [telemetryText(progress.device, progress.telemetry)] : []),
  ];
  return `${parts.join(", ")} (since ${age((+date - Date.parse(since)) / 1000)})`;
}

/** Rounds that can be forked from. */
function checkpointLine(checkpoints: RunView["facts"]["checkpoints"]): string {
  if (checkpoints.length === 0) return "no checkpoint yet";
  const total = checkpoints.reduce((sum, checkpoint) => sum + checkpoint.bytes, 0);
  return `checkpoints of round ${checkpoints.map(({ round }) => round).join(", ")} (${bytes(total)})`;
}

function ratingsLine({ ratings, id }: RunOverview, { invocation }: Style): string {
  return ratings === 0 ? `none; \`${invocation} rate ${id}\`` : String(ratings);
}

function problemLines({ problem }: RunOverview, { columns, colours, invocation }: Style): string[] {
  if (!problem) return [];
  const next = problem.next.replaceAll("`sparring ", () => `\`${invocation} `);
  const [word, ink] = problem.code === "run/alarm" ? ["alarm", colours.yellow] : ["error", colours.red];
  return [
    ...wrap(`${word}: ${printable(problem.message)} (${problem.code})`, columns).map((line) => ink(line)),
    ...wrap(printable(next), columns, "  "),
  ];
}

/** The newest rounds, a line each, and the course of the metrics over all. */
function roundLines(view: RunView, style: Style): string[] {
  const { columns, colours } = style;
  const table = roundTable(view.config, columns, false);
  const rounds: readonly RoundRecord[] = view.rounds.slice(-newestRounds);
  const hidden = view.rounds.length - rounds.length;
  return [
    ...chartLines(view, columns, colours),
    "",
    colours.bold(table.header),
    ...(hidden > 0 ? [colours.dim("     …")] : []),
    ...rounds.map((record) => table.line({ rounds: [record], remaining: undefined })),
    ...rounds.flatMap(({ round, notes }) =>
      notes.flatMap((note) => wrap(`round ${round}: ${printable(note)}`, columns)).map((line) => colours.yellow(line)),
    ),
    ...rungLines(view, style),
  ];
}

/** The newest alarms, and which rounds had those before. */
function rungLines({ overview, rounds }: RunView, style: Style): string[] {
  const rung = rounds.filter(({ alarms }) => alarms);
  const before = rung.slice(0, -newestAlarms).map(({ round }) => round);
  const named = before.length === 0 ? [] : wrap(`alarms before: round ${before.join(", ")}`, style.columns);
  return [
    ...named.map((line) => style.colours.yellow(line)),
    ...alarmLines(overview.id, rung.slice(-newestAlarms), style),
  ];
}
