import type { Alarm, Progress, RunOverview } from "../../daemon/protocol.ts";
import { percent, roughly } from "../../daemon/text/numbers.ts";
import { telemetryText } from "../../daemon/text/telemetry.ts";
import type { ConnectionState } from "../../webview/shared/messages.ts";
import { label, shortened } from "../text/label.ts";
import { alarmCount, isPausedByAlarm, iterationText, stateText } from "./states.ts";

/** What the status item says. */
export interface Status {
  readonly text: string;
  /** Plain lines of the tooltip, before its links. */
  readonly facts: readonly string[];
  /** What a click on it does. */
  readonly command: "sparring.openRounds" | "sparring.start" | "sparring.restartDaemon";
  readonly isWarning: boolean;
}

export interface StatusInput {
  readonly connection: ConnectionState;
  /** Why it is away. */
  readonly why?: string;
  readonly run?: RunOverview;
  readonly progress?: Progress;
  /** Those that began with its newest rounds. */
  readonly alarms?: readonly Alarm[];
  /** Runs that wait until it has ended. */
  readonly waiting?: readonly string[];
  /** The run that it waits for itself. */
  readonly holder?: RunOverview | undefined;
}

/** Of a run's id, so many characters stand in the status bar. */
const shownId = 24;

/** One line for the status bar: state, run, round, phase and time left. */
export function statusOf(input: StatusInput): Status {
  const { connection, why, run, progress, alarms = [], holder } = input;
  if (connection === "away") {
    const facts = [label(why ?? "The daemon is not connected.")];
    return { text: "$(debug-disconnect) Sparring", facts, command: "sparring.restartDaemon", isWarning: true };
  }
  if (connection === "connecting") {
    return {
      text: "$(sync~spin) Sparring",
      facts: ["Connecting to the daemon"],
      command: "sparring.restartDaemon",
      isWarning: false,
    };
  }
  if (!run)
    return {
      text: "$(circle-outline) Sparring",
      facts: ["No run is active"],
      command: "sparring.start",
      isWarning: false,
    };
  const id = label(shortened(run.id, shownId));
  const command = "sparring.openRounds" as const;
  const facts = factsOf(run, input).map(label);
  if (run.state === "queued") {
    const text = `$(clock) ${id} ${label(stateText(run, holder))}`;
    return { text, facts, command, isWarning: holder?.state === "paused" };
  }
  const stuck = progress?.stuck;
  const byAlarm = isPausedByAlarm(run);
  const icon = run.state === "paused" ? "$(debug-pause)" : stuck !== undefined ? "$(warning)" : "$(sync~spin)";
  const parts = [
    `${icon} ${id}`,
    ...(run.iteration ? [iterationText(run.iteration)] : []),
    ...roundOf(run, progress),
    ...phaseOf(run, progress),
    ...timeLeft(run, progress),
    ...(alarms.length > 0 ? [`$(bell-dot) ${alarmCount(alarms.length)}`] : []),
  ];
  return { text: parts.join(" · "), facts, command, isWarning: stuck !== undefined || byAlarm };
}

/** The round under way. Of a run that an alarm paused it is the one that it paused after: the next is only held. */
function roundOf(run: RunOverview, progress: Progress | undefined): string[] {
  if (progress && !isPausedByAlarm(run)) return [`${progress.round}/${progress.rounds}`];
  return run.round === null ? [] : [`${run.round}/${run.rounds}`];
}

function phaseOf(run: RunOverview, progress: Progress | undefined): string[] {
  if (run.asked) return [run.asked === "pause" ? "pausing" : "stopping"];
  if (run.state !== "running") return [stateText(run, undefined)];
  return progress?.phase ? [label(progress.phase)] : [];
}

function timeLeft({ state }: RunOverview, progress: Progress | undefined): string[] {
  return state === "running" && progress?.remainingSeconds != null ? [roughly(progress.remainingSeconds)] : [];
}

/** Newest first, as many as a tooltip has room for. */
const shownAlarms = 5;

/** Everything about the run, plain and not yet safe to show. */
function factsOf(run: RunOverview, { progress, alarms = [], waiting = [], holder }: StatusInput): string[] {
  const state = run.asked ? `${run.state}, ${run.asked} asked for` : stateText(run, holder);
  const lines = [`${run.id}: ${state}`];
  if (isPausedByAlarm(run)) lines.push(run.problem!.message);
  if (waiting.length > 0) {
    const kept = run.state === "paused" ? " (while it is paused, it keeps the device)" : "";
    lines.push(`Waiting for it: ${waiting.join(", ")}${kept}`);
  }
  const { iteration } = run;
  const round = progress && `round ${progress.round} of ${progress.rounds} on ${progress.device}`;
  if (round) lines.push(capital(iteration ? `${iterationText(iteration)}, ${round}` : round));
  if (progress?.telemetry) lines.push(telemetryText(progress.device, progress.telemetry));
  if (progress?.phase) lines.push(`${progress.phase}: ${progress.done} of ${progress.total}`);
  if (progress?.remainingSeconds != null) lines.push(`About ${roughly(progress.remainingSeconds)} left`);
  if (progress?.stuck !== undefined) lines.push(progress.stuck);
  if (run.accuracy) lines.push(`Held-out accuracy ${percent(run.accuracy.first)} → ${percent(run.accuracy.last)}`);
  const newest = alarms.toReversed().slice(0, shownAlarms);
  return [...lines, ...newest.map((alarm) => `Alarm, round ${alarm.round}: ${alarm.sentence}`)];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
