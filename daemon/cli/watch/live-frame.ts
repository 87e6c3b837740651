import type { Phase } from "../../runs/events.ts";
import { bar, sparkline } from "../text/bars.ts";
import type { Colours } from "../text/colours.ts";
import { padEnd, truncate } from "../text/fit.ts";
import { duration } from "../text/numbers.ts";
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

/** One measure: its line over the rounds so far, its newest value and its range. */
function chart(view: RunView, measure: Measure, columns: number, colours: Colours): string {
  const points = view.rounds.map(({ round, metrics }) => ({ x: round, y: metrics[measure.metric] ?? null }));
  const values = points.map(({ y }) => y).filter((y) => y !== null);
  const { firstRound, rounds } = view.started;
  const line = sparkline(points, { first: firstRound, last: rounds, now: view.lastRound }, columns);
  const value = measure.format(values.at(-1) ?? null);
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const range = values.length > 1 ? `${measure.format(low).replace(" %", "")} – ${measure.format(high)}` : "";
  const ink = measure === heldOut ? colours.green : colours.cyan;
  return `${colours.dim(padEnd(measure.label, labelWidth))}${ink(padEnd(line, columns))}  ${colours.bold(padEnd(value, 8))}${colours.dim(range)}`;
}

/**
 * The live area: how far the run is, what it is doing, and the course of its metrics, all over one time axis.
 * @param now       the clock that `view` was built with
 * @param available terminal columns
 */
export function liveFrame(view: RunView, now: number, available: number, colours: Colours): string[] {
  const { rounds, firstRound } = view.started;
  const columns = Math.max(8, available - labelWidth - factsWidth - 3);
  const label = (text: string) => colours.dim(padEnd(text, labelWidth));

  const span = Math.max(1, rounds - firstRound);
  const total = bar((view.lastRound - firstRound) / span, columns);
  const remaining = view.remainingSeconds(now);
  const left = remaining === undefined || view.lastRound === rounds ? "" : ` · ${duration(remaining)} left`;
  const clock = `${duration(view.elapsedSeconds(now))}${left}`;
  const track = (text: string) => colours.dim(text.replaceAll(" ", "·"));
  const lines = [`${label(`${view.lastRound}/${rounds}`)}${total.filled}${track(total.rest)}  ${colours.bold(clock)}`];
  const { progress } = view;
  if (progress) {
    const phase = bar(progress.total > 0 ? progress.done / progress.total : 0, columns);
    const counts = progress.total > 1 ? `${progress.done}/${progress.total}` : "";
    const doing = truncate(counts, factsWidth);
    lines.push(
      `${label(phaseNames[progress.phase])}${colours.dim(phase.filled)}${track(phase.rest)}  ${colours.dim(doing)}`,
    );
  }
  const charts = charted.filter(({ isMeasured }) => isMeasured(view.config));
  return [...lines, ...charts.map((measure) => chart(view, measure, columns, colours))];
}
