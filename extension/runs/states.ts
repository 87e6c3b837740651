import type { RunOverview, RunState } from "../../daemon/protocol.ts";

/** What can be asked of a run. */
export type Control = "pause" | "resume" | "stop";

/** The states in which each can be asked for. */
const controls: Readonly<Record<Control, ReadonlySet<RunState>>> = {
  pause: new Set<RunState>(["queued", "starting", "running"]),
  resume: new Set<RunState>(["paused", "stopped", "failed", "interrupted"]),
  stop: new Set<RunState>(["queued", "starting", "running", "paused"]),
};

/** Whether a run can be paused, resumed or stopped now. */
export function takes(control: Control, { state, asked }: Pick<RunOverview, "state" | "asked">): boolean {
  return controls[control].has(state) && asked !== control;
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
