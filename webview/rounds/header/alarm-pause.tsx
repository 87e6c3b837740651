import type { VNode } from "preact";
import type { Alarm, Problem } from "../../../daemon/protocol.ts";
import type { Host } from "../../shared/messages.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { foremost, noAlarms, type RunAlarms } from "../alarms/run-alarms.ts";
import type { RunControl } from "./run-control.ts";

interface AlarmPauseProps {
  readonly host: Host;
  readonly run: string;
  readonly problem: Problem;
  readonly isAway: boolean;
  readonly control: RunControl | undefined;
  readonly alarms: RunAlarms;
  /** Rounds with a checkpoint, rising. */
  readonly checkpoints: readonly number[];
  readonly onAlarm: (alarm: Alarm) => void;
}

/** Why a run paused itself, and what a person can do now: look at what shows it, go back, or go on all the same. */
export function AlarmPause(props: AlarmPauseProps): VNode {
  const { host, run, problem, isAway, control, alarms, checkpoints, onAlarm } = props;
  // A run pauses itself right after the round of the alarm: its newest one.
  const round = alarms.rounds.at(-1) ?? 0;
  const alarm = foremost(alarms.byRound.get(round) ?? noAlarms);
  const before = checkpoints.findLast((checkpoint) => checkpoint < round);
  return (
    <div class="facts alarm-pause" role="alert">
      <p class="s">
        <b class="warn">
          <ModelText text={problem.message} />
        </b>{" "}
        <span class="dim">
          <ModelText text={problem.next} />
        </span>
      </p>
      <span class="buttons">
        {alarm && (
          <button type="button" onClick={() => onAlarm(alarm)}>
            Show samples
          </button>
        )}
        {before !== undefined && (
          <button
            type="button"
            title="The newest checkpoint before the alarm"
            onClick={() => host.run("sparring.fork", { run, round: before })}
          >
            Fork from round {before}…
          </button>
        )}
        {control?.command === "sparring.resume" && (
          <button type="button" disabled={isAway} onClick={() => host.run(control.command, { run })}>
            Resume
          </button>
        )}
      </span>
    </div>
  );
}
