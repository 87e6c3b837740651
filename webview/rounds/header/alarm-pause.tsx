import type { VNode } from "preact";
import type { Alarm, Problem } from "../../../daemon/protocol.ts";
import type { Host } from "../../shared/messages.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { foremost, noAlarms, type RunAlarms } from "../alarms/run-alarms.ts";

interface AlarmPauseProps {
  readonly host: Host;
  readonly run: string;
  readonly problem: Problem;
  readonly alarms: RunAlarms;
  /** Rounds with a checkpoint, rising. */
  readonly checkpoints: readonly number[];
  readonly onAlarm: (alarm: Alarm) => void;
}

/** Why a run paused itself, and what a person can do now: look at what shows it, or go back. What goes on all the same is the header's button. */
export function AlarmPause(props: AlarmPauseProps): VNode {
  const { host, run, problem, alarms, checkpoints, onAlarm } = props;
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
      </span>
    </div>
  );
}
