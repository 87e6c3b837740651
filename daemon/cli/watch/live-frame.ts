import type { Phase } from "../../runs/events.ts";
import { duration } from "../../text/numbers.ts";
import { telemetryText } from "../../text/telemetry.ts";
import { hasEnded } from "../states.ts";
import { bar, sparkline } from "../text/bars.ts";
import type { Colours } from "../text/colours.ts";
import { padEnd, truncate, width, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { charted, heldOut, type Measure } from "./measures.ts";
import type { RunView } from "./run-view.ts";

/** Phases as a person says them. */
const phaseNames: Readonly<Record<Phase, string>> = {
  challenge: "asking",
  solve: "answering",
  judge: "judging",
  reference: "comparing",
  update: "learning",
  evaluate: "evaluating",
  record: "saving",
};

const labelWidth = 13;
const factsWidth = 24;

/** A phase in words. The daemon may be newer and know others. */
export function phaseName(phase: string): string {
  return Object.hasOwn(phaseNames, phase) ? phaseNames[phase as Phase] : truncate(printable(phase), labelWidth - 1);
}

/** Columns of the bars and lines. */
function plotColumns(available: number): number {
  return Math.max(8, available - labelWidth - factsWidth - 3);
}

/** One measure: its line over the rounds so far, its newest value and its range. */
function chart(view: RunView, measure: Measure, columns: number, colours: Colours): string {
  const points = view.rounds.map(({ round, metrics }) => ({ x: round, y: metrics[measure.metric] ?? null }));
  const values = points.map(({ y }) => y).filter((y) => y !== null);
  const line = sparkline(points, { first: view.firstRound, last: view.overview.rounds, now: view.lastRound }, columns);
  const value = measure.format(values.at(-1) ?? null);
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const range = values.length > 1 ? `${measure.format(low).replace(" %", "")} – ${measure.format(high)}` : "";
  const ink = measure === heldOut ? colours.green : colours.cyan;
  return `${colours.dim(padEnd(measure.label, labelWidth))}${ink(padEnd(line, columns))}  ${colours.bold(padEnd(value, 8))}${colours.dim(range)}`;
}

/**
 * The course of a run's metrics, a line each, over one time axis.
 * @param available terminal columns
 */
export function chartLines(view: RunView, available: number, colours: Colours): string[] {
  const columns = plotColumns(available);
  const measures = charted.filter(({ isMeasured }) => isMeasured(view.config));
  return measures.map((measure) => chart(view, measure, columns, colours));
}

/** What the run does now: a bar of its phase, or that it is held. */
function activity(view: RunView, style: Style): string[] {
  const { overview, progress } = view;
  const { colours, columns, invocation } = style;
  if (hasEnded(overview.state)) return [];
  if (overview.state === "paused") {
    const text = `\`${invocation} resume ${overview.id}\` goes on`;
    const label = colours.yellow(padEnd("paused", labelWidth));
    const { problem } = overview;
    const why = problem ? wrap(`${printable(problem.message)} ${printable(problem.next)}`, columns - 1) : [];
    return [
      ...(labelWidth + width(text) < columns ? [`${label}${text}`] : [label, ...wrap(text, columns - 1, "  ")]),
      ...why.map((line) => colours.yellow(line)),
    ];
  }
  if (!progress || progress.phase === null) return [];
  const phase = bar(progress.total > 0 ? progress.done / progress.total : 0, plotColumns(columns));
  const asked = { pause: "pausing", stop: "stopping" } as const;
  const counts = progress.total > 1 ? `${progress.done}/${progress.total}` : "";
  const doing = truncate(overview.asked ? asked[overview.asked] : counts, factsWidth);
  const track = colours.dim(phase.rest.replaceAll(" ", "·"));
  const stuck = progress.stuck === undefined ? [] : wrap(printable(progress.stuck), columns - 1);
  return [
    `${colours.dim(padEnd(phaseName(progress.phase), labelWidth))}${colours.dim(phase.filled)}${track}  ${colours.dim(doing)}`,
    ...(progress.telemetry
      ? [colours.dim(`${padEnd("device", labelWidth)}${telemetryText(progress.device, progress.telemetry)}`)]
      : []),
    ...stuck.map((line) => colours.yellow(line)),
  ];
}

/**
 * The live area: how far the run is, what it is doing, and the course of its metrics, all over one time axis.
 * @param now the clock that `view` was built with
 */
export function liveFrame(view: RunView, now: number, style: Style): string[] {
  const { colours, columns } = style;
  const { rounds } = view.overview;
  const span = Math.max(1, rounds - view.firstRound);
  const total = bar((view.lastRound - view.firstRound) / span, plotColumns(columns));
  const remaining = view.remainingSeconds(now);
  const isOver = view.lastRound === rounds || hasEnded(view.overview.state);
  const left = remaining === undefined || isOver ? "" : ` · ${duration(remaining)} left`;
  const clock = `${duration(view.elapsedSeconds(now))}${left}`;
  const done = colours.dim(padEnd(`${view.lastRound}/${rounds}`, labelWidth));
  const track = colours.dim(total.rest.replaceAll(" ", "·"));
  const { iteration } = view.overview;
  const where = iteration && `${iteration.now} of ${iteration.of}, round ${view.lastRound} of ${rounds}`;
  return [
    ...(where === undefined ? [] : [`${colours.dim(padEnd("iteration", labelWidth))}${where}`]),
    `${done}${total.filled}${track}  ${colours.bold(clock)}`,
    ...activity(view, style),
    ...chartLines(view, columns, colours),
  ];
}
