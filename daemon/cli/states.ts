import type { RunOverview, RunState } from "../protocol.ts";
import type { Colours } from "./text/colours.ts";

/** Whether a run in this state does nothing until somebody resumes it. */
export function hasEnded(state: RunState): boolean {
  return state === "finished" || state === "failed" || state === "stopped" || state === "interrupted";
}

/** Whether a run in this state has the device, or is being given it. */
export function holdsDevice(state: RunState): boolean {
  return state === "starting" || state === "running" || state === "paused";
}

/** Whether a run holds still because an alarm asked for it, and not because somebody did. */
export function isPausedByAlarm({ state, problem }: Pick<RunOverview, "state" | "problem">): boolean {
  return state === "paused" && problem?.code === "run/alarm";
}

/** What colours a text about a run in this state. */
export function inkOf(state: RunState, colours: Colours): (text: string) => string {
  const inks: Readonly<Record<RunState, (text: string) => string>> = {
    queued: colours.cyan,
    starting: colours.cyan,
    running: colours.green,
    paused: colours.yellow,
    finished: String,
    failed: colours.red,
    stopped: colours.dim,
    interrupted: colours.yellow,
  };
  return inks[state];
}
