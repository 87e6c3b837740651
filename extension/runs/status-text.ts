import type { Progress, RunOverview } from "../../daemon/protocol.ts";
import { percent, roughly } from "../../daemon/text/numbers.ts";
import { telemetryText } from "../../daemon/text/telemetry.ts";
import type { ConnectionState } from "../../webview/shared/messages.ts";
import { label, shortened } from "../text/label.ts";
import { type Iteration, iterationText } from "./iterations.ts";

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
  readonly iteration?: Iteration;
}

/** Of a run's id, so many characters stand in the status bar. */
const shownId = 24;

/** One line for the status bar: state, run, round, phase and time left. */
export function statusOf({ connection, why, run, progress, iteration }: StatusInput): Status {
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
  const facts = [
    `${run.id}: ${run.asked ? `${run.state}, ${run.asked} asked for` : run.state}`,
    ...measured(run, progress, iteration),
  ];
  if (run.state === "queued") {
    return { text: `$(clock) ${id} queued`, facts: facts.map(label), command, isWarning: false };
  }
  const stuck = progress?.stuck;
  const icon = run.state === "paused" ? "$(debug-pause)" : stuck !== undefined ? "$(warning)" : "$(sync~spin)";
  const parts = [
    `${icon} ${id}`,
    ...(iteration ? [iterationText(iteration)] : []),
    ...roundOf(run, progress),
    ...phaseOf(run, progress),
    ...timeLeft(run, progress),
  ];
  return { text: parts.join(" · "), facts: facts.map(label), command, isWarning: stuck !== undefined };
}

function roundOf(run: RunOverview, progress: Progress | undefined): string[] {
  if (progress) return [`${progress.round}/${progress.rounds}`];
  return run.round === null ? [] : [`${run.round}/${run.rounds}`];
}

function phaseOf({ state, asked }: RunOverview, progress: Progress | undefined): string[] {
  if (asked) return [asked === "pause" ? "pausing" : "stopping"];
  if (state !== "running") return [state];
  return progress?.phase ? [label(progress.phase)] : [];
}

function timeLeft({ state }: RunOverview, progress: Progress | undefined): string[] {
  return state === "running" && progress?.remainingSeconds != null ? [roughly(progress.remainingSeconds)] : [];
}

function measured(run: RunOverview, progress: Progress | undefined, iteration: Iteration | undefined): string[] {
  const lines: string[] = [];
  const round = progress && `round ${progress.round} of ${progress.rounds} on ${progress.device}`;
  if (round) lines.push(capital(iteration ? `${iterationText(iteration)}, ${round}` : round));
  if (progress?.telemetry) lines.push(telemetryText(progress.device, progress.telemetry));
  if (progress?.phase) lines.push(`${progress.phase}: ${progress.done} of ${progress.total}`);
  if (progress?.remainingSeconds != null) lines.push(`About ${roughly(progress.remainingSeconds)} left`);
  if (progress?.stuck !== undefined) lines.push(progress.stuck);
  if (run.accuracy) lines.push(`Held-out accuracy ${percent(run.accuracy.first)} → ${percent(run.accuracy.last)}`);
  return lines;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
