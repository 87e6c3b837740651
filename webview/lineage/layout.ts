import type { LineageRun, Placed } from "./family.ts";
import type { Scale } from "./scale.ts";

/** Where a run is drawn, pixels. Lanes are stacked and share no pixel row. */
export interface Lane {
  readonly run: LineageRun;
  readonly parent: LineageRun | undefined;
  readonly top: number;
  readonly height: number;
  /** Of its text: the changed settings, then its name and state. */
  readonly label: { readonly left: number; readonly top: number; readonly width: number; readonly changes: number };
  /** Row of its line of rounds. */
  readonly line: number;
  /** Of the accuracy under the line. */
  readonly chart: { readonly top: number; readonly height: number } | undefined;
}

/** The branch to a fork: down from its parent's line at the fork's round. */
export interface Branch {
  readonly to: string;
  readonly x: number;
  readonly from: number;
  readonly down: number;
}

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly branches: readonly Branch[];
  readonly height: number;
}

/** Changed settings that stand on an edge; further ones are counted. */
export const changesOnEdge = 2;

const gap = 12;
const changeHeight = 14;
const nameHeight = 19;
const lineHeight = 18;
const chartHeight = 38;
const emptyHeight = 8;
/** Text begins so far right of its branch. */
const besideBranch = 12;
/** Text that would begin further right than this much before the edge is moved left. */
const leastLabel = 240;

/** Lays the runs out from top to bottom, in the order that `inOrder` gave them. */
export function layoutOf(placed: readonly Placed[], scale: Scale, width: number): Layout {
  const lanes: Lane[] = [];
  let top = 0;
  for (const { run, parent } of placed) {
    const rows = Math.min(changesOnEdge + 1, run.changes.length);
    const changes = rows * changeHeight;
    const labelTop = top + gap;
    const line = labelTop + changes + nameHeight + lineHeight / 2;
    const chart = hasChart(run) ? { top: line + lineHeight / 2, height: chartHeight } : undefined;
    const height = line + lineHeight / 2 + (chart ? chartHeight : emptyHeight) - top;
    const left = Math.max(0, Math.min(scale.x(run.start) + (parent ? besideBranch : 0), width - leastLabel));
    lanes.push({
      run,
      parent,
      top,
      height,
      label: { left, top: labelTop, width: width - left, changes: rows },
      line,
      chart,
    });
    top += height;
  }
  const byId = new Map(lanes.map((lane) => [lane.run.id, lane]));
  const branches = lanes.flatMap(({ run, parent, line }) =>
    parent ? [{ to: run.id, x: scale.x(run.start), from: byId.get(parent.id)!.line, down: line }] : [],
  );
  return { lanes, branches, height: top + gap };
}

/** Accuracy is drawn once there is a value. */
function hasChart(run: LineageRun): boolean {
  return run.accuracy.length > 0;
}

/** The range of accuracy that all lanes share, widened to whole tenths so that lines are comparable and grid lines readable. */
export function accuracyRange(runs: readonly LineageRun[]): { readonly low: number; readonly high: number } {
  const values = runs.flatMap(({ accuracy }) => accuracy.map(({ value }) => value));
  if (values.length === 0) return { low: 0, high: 1 };
  const low = Math.floor(Math.min(...values) * 10) / 10;
  return { low, high: Math.max(low + 0.1, Math.ceil(Math.max(...values) * 10) / 10) };
}
