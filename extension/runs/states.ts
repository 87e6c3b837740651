import type { RunOverview, RunState } from "../../daemon/protocol.ts";

/** What can be asked of a run. */
export type Control = "pause" | "resume" | "stop";

/** The states in which each can be asked for. */
const controls: Readonly<Record<Control, ReadonlySet<RunState>>> = {
  pause: new Set<RunState>(["starting", "running"]),
  resume: new Set<RunState>(["paused", "stopped", "failed", "interrupted"]),
  stop: new Set<RunState>(["queued", "starting", "running", "paused"]),
};

/** Whether a run can be paused, resumed or stopped now. */
export function takes(control: Control, { state, asked }: Pick<RunOverview, "state" | "asked">): boolean {
  return controls[control].has(state) && asked !== control;
}

/** Whether a run holds still because an alarm asked for it, and not because somebody did. */
export function isPausedByAlarm({ state, problem }: Pick<RunOverview, "state" | "problem">): boolean {
  return state === "paused" && problem?.code === "run/alarm";
}

/**
 * A run's state in words: with what was asked for, what paused it, and what it waits for.
 * @param holder the run that it waits for, where that is known
 */
export function stateText(run: RunOverview, holder: RunOverview | undefined): string {
  const { state, asked, queuePlace, waitsFor } = run;
  if (asked) return `${asked} asked for`;
  if (isPausedByAlarm(run)) return "paused by an alarm";
  const place = queuePlace === undefined ? [] : [`place ${queuePlace}`];
  const behind = waitsFor === undefined ? [] : [`behind ${waitsFor}`];
  const paused = behind.length > 0 && holder?.state === "paused" ? ["which is paused"] : [];
  return [state, ...place, ...behind, ...paused].join(", ");
}

/** Which iteration a run is in, for people. */
export function iterationText({ now, of }: NonNullable<RunOverview["iteration"]>): string {
  return `iteration ${now} of ${of}`;
}

/** e.g. "2 alarms". */
export function alarmCount(count: number): string {
  return `${count} ${count === 1 ? "alarm" : "alarms"}`;
}

/** A codicon for each state. */
export const stateIcons: Readonly<Record<RunState, string>> = {
  queued: "clock",
  starting: "loading~spin",
  running: "play-circle",
  paused: "debug-pause",
  finished: "pass",
  failed: "error",
  stopped: "debug-stop",
  interrupted: "debug-disconnect",
};

/** Of a colour of the theme, where a state has one; told by the icon, too. */
export const stateColours: Partial<Readonly<Record<RunState, string>>> = {
  running: "charts.blue",
  finished: "charts.green",
  failed: "charts.red",
  interrupted: "charts.yellow",
};

/** Which of the runs (newest first) a status line is about: the one that has the device, else one that waits. */
export function activeRun(runs: readonly RunOverview[]): RunOverview | undefined {
  const order: readonly RunState[] = ["running", "starting", "paused", "queued"];
  return order.map((state) => runs.find((run) => run.state === state)).find((run) => run !== undefined);
}
