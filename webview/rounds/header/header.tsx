import type { VNode } from "preact";
import type { Alarm, Problem, Progress, RunOverview } from "../../../daemon/protocol.ts";
import type { Connection } from "../../shared/host.ts";
import { isImitation } from "../../shared/imitation.ts";
import { memo } from "../../shared/memo.ts";
import type { Host } from "../../shared/messages.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { duration } from "../../shared/numbers.ts";
import type { RunAlarms } from "../alarms/run-alarms.ts";
import type { RunDetails } from "../data/records.ts";
import { useProgress } from "../data/use-run.ts";
import { AlarmPause } from "./alarm-pause.tsx";
import { numberSetting, runFacts } from "./facts.ts";
import { MoreMenu } from "./more-menu.tsx";
import { Phases } from "./phases.tsx";
import { runControl } from "./run-control.ts";

interface HeaderProps {
  readonly host: Host;
  readonly connection: Connection;
  readonly overview: RunOverview;
  readonly details: RunDetails;
  /** The round to fork from: the newest checkpoint that is not after the selected round. */
  readonly forkFrom: number | null;
  readonly selected: number;
  /** The iteration of the newest round; null where the run has no iterations. */
  readonly iteration: number | null;
  readonly alarms: RunAlarms;
  /** Rounds with a checkpoint, rising. */
  readonly checkpoints: readonly number[];
  readonly onAlarm: (alarm: Alarm) => void;
  /** Opens the list of alarms; undefined where nothing is watched. */
  readonly onAlarms: (() => void) | undefined;
}

/** State, round, time left, phase, and what can be done with the run; below, what the run is. */
export const Header = memo(function Header(props: HeaderProps): VNode {
  const { host, connection, overview, details, forkFrom, selected, iteration, onAlarm, onAlarms } = props;
  const { id: run, state, asked } = overview;
  const progress = useProgress(host, run, details.progress);
  const isUnderWay = state === "running" || state === "paused" || state === "starting";
  const control = runControl(overview);
  const isAway = connection.state !== "connected";
  return (
    <header class="rounds-head">
      <h1>
        <ModelText text={run} limit={80} />
      </h1>
      <State overview={overview} />
      {iteration !== null && (
        <span>
          iteration <b>{iteration}</b> of {numberSetting(details.config, "imitation.iterations") ?? iteration}
        </span>
      )}
      <span>
        round <b>{overview.state === "queued" ? 0 : (progress?.finished ?? overview.round ?? 0)}</b> of{" "}
        {overview.rounds}
      </span>
      {isUnderWay && progress && <TimeLeft progress={progress} />}
      {isUnderWay && progress && <Phases progress={progress} isImitation={isImitation(details)} />}
      <div class="actions">
        {control && (
          <button
            type="button"
            class="primary"
            disabled={isAway || asked !== undefined}
            onClick={() => host.run(control.command, { run })}
          >
            {control.title}
          </button>
        )}
        <button
          type="button"
          disabled={forkFrom === null}
          title={forkFrom === null ? "There is no checkpoint yet" : `Fork from round ${forkFrom}`}
          onClick={() => host.run("sparring.fork", { run, round: forkFrom ?? undefined })}
        >
          Fork…
        </button>
        <button type="button" onClick={() => host.run("sparring.compare", { run, round: forkFrom ?? undefined })}>
          Compare…
        </button>
        {(isUnderWay || state === "queued") && (
          <button
            type="button"
            disabled={isAway || asked === "stop"}
            title="Ends after the last finished round; it can be resumed"
            onClick={() => host.run("sparring.stop", { run })}
          >
            Stop
          </button>
        )}
        <MoreMenu host={host} run={run} round={selected} onAlarms={onAlarms} />
      </div>
      <p class="facts s dim">
        {runFacts(details, progress).map((fact, index) => (
          <>
            {index > 0 && " · "}
            <ModelText text={fact} limit={120} />
          </>
        ))}
      </p>
      {progress?.stuck && isUnderWay && <p class="facts s warn">{progress.stuck}</p>}
      {details.notes.map((note) => (
        <p class="facts s warn">
          <ModelText text={note} />
        </p>
      ))}
      {overview.problem?.code === "run/alarm" ? (
        <AlarmPause
          host={host}
          run={run}
          problem={overview.problem}
          alarms={props.alarms}
          checkpoints={props.checkpoints}
          onAlarm={onAlarm}
        />
      ) : (
        overview.problem && <Trouble problem={overview.problem} />
      )}
    </header>
  );
});

function Trouble({ problem }: { readonly problem: Problem }): VNode {
  return (
    <p class="facts s warn" role="alert">
      <b>
        <ModelText text={problem.message} />
      </b>{" "}
      <ModelText text={problem.next} /> <span class="dim">{problem.code}</span>
    </p>
  );
}

const words: Readonly<Record<RunOverview["state"], string>> = {
  queued: "Queued",
  starting: "Starting",
  running: "Running",
  paused: "Paused",
  finished: "Finished",
  failed: "Failed",
  stopped: "Stopped",
  interrupted: "Interrupted",
};

function State({ overview }: { readonly overview: RunOverview }): VNode {
  const { state, asked, queuePlace } = overview;
  return (
    <span class={`run-state ${state}`}>
      <b>{asked === undefined ? words[state] : asked === "pause" ? "Pausing …" : "Stopping …"}</b>
      {queuePlace !== undefined && <span class="dim">place {queuePlace} in the queue</span>}
    </span>
  );
}

function TimeLeft({ progress }: { readonly progress: Progress }): VNode | null {
  const { remainingSeconds, rounds, finished } = progress;
  if (remainingSeconds === null) return null;
  const left = rounds - (finished ?? 0);
  return (
    <span>
      ETA <b>{duration(remainingSeconds)}</b>
      {left > 0 && <span class="dim"> {duration(remainingSeconds / left)} a round</span>}
    </span>
  );
}
