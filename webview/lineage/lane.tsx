import type { VNode } from "preact";
import { memo } from "../shared/memo.ts";
import { ModelText } from "../shared/model-text.tsx";
import { counted, percent } from "../shared/numbers.ts";
import { visibleText } from "../shared/visible.ts";
import { AccuracyLine } from "./accuracy-line.tsx";
import type { LineageRun } from "./family.ts";
import { changesOnEdge, type Lane } from "./layout.ts";
import type { Scale } from "./scale.ts";
import { type Point, roundsOf } from "./selection.ts";

interface LaneProps {
  readonly lane: Lane;
  readonly scale: Scale;
  readonly width: number;
  readonly range: { readonly low: number; readonly high: number };
  /** The selected round, if it is of this run. */
  readonly selected: number | undefined;
  readonly marked: number | undefined;
  readonly select: (point: Point) => void;
  readonly mark: (point: Point) => void;
}

/** A run: what changed, its name and state, its rounds with checkpoints, and its accuracy. */
export const LaneView = memo(function LaneView(props: LaneProps): VNode {
  const { lane, scale, width, range, selected, select } = props;
  const { run, label } = lane;
  return (
    <div class="lane" style={{ top: `${lane.top}px`, height: `${lane.height}px` }}>
      <div
        class="lane-label"
        style={{ left: `${label.left}px`, top: `${label.top - lane.top}px`, maxWidth: `${label.width}px` }}
      >
        <Changes run={run} />
        <button
          type="button"
          class={selected === undefined ? "bare run-name" : "bare run-name chosen"}
          aria-pressed={selected !== undefined}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => select({ run: run.id, round: run.end })}
        >
          <b>
            <ModelText text={run.name} limit={80} />
          </b>{" "}
          <span class="dim">{run.algorithm.toUpperCase()}</span> <State run={run} />
        </button>
      </div>
      <svg width={width} height={lane.height} role="img" aria-label={laneLabel(run)}>
        <g transform={`translate(0 ${-lane.top})`}>
          <Rounds {...props} />
          <AccuracyLine lane={lane} scale={scale} range={range} />
        </g>
      </svg>
    </div>
  );
});

function Changes({ run: { changes } }: { readonly run: LineageRun }): VNode {
  const more = changes.length - changesOnEdge;
  return (
    <>
      {changes.slice(0, changesOnEdge).map(({ key, from, to }) => (
        <div class="s change ell">
          <ModelText text={key} limit={80} />{" "}
          <span class="dim">
            <ModelText text={from} limit={40} />
          </span>{" "}
          <b>
            → <ModelText text={to} limit={40} />
          </b>
        </div>
      ))}
      {more > 0 && <div class="s change dim">and {counted(more, "other change")}</div>}
    </>
  );
}

/** Its state in words; a mark before those that a person may have to do something about. */
function State({ run: { state, words } }: { readonly run: LineageRun }): VNode {
  if (state === "running" || state === "starting") return <span class="so">● {words}</span>;
  if (state === "failed" || state === "interrupted") {
    return (
      <span class="warn">
        ▲ <ModelText text={words} limit={160} />
      </span>
    );
  }
  return <span class="dim">{words}</span>;
}

function laneLabel(run: LineageRun): string {
  const { name, parent, accuracy, checkpoints, start, end, planned, words } = run;
  const [first, last] = [accuracy[0], accuracy.at(-1)];
  return [
    `${visibleText(name)}, ${visibleText(words)}`,
    parent ? `forked from ${parent.run} at round ${parent.round}` : "from the base model",
    `rounds ${start} to ${end}, planned to ${planned}`,
    counted(checkpoints.length, "checkpoint"),
    ...(first && last ? [`held-out accuracy ${percent(first.value, 1)} to ${percent(last.value, 1)}`] : []),
  ].join("; ");
}

/** The line of rounds: played, planned, checkpoints, and the points that can be selected. */
function Rounds({ lane, scale, selected, marked, select, mark }: LaneProps): VNode {
  const { run, line } = lane;
  const { x } = scale;
  const checkpoints = new Set(run.checkpoints.map(({ round }) => round));
  // A fork's line begins where its branch has come down.
  const from = Math.min(x(run.start) + (lane.parent ? 12 : 0), Math.max(x(run.end), x(run.start)));
  const isLive = run.state === "running" || run.state === "starting";
  const isBroken = run.state === "failed" || run.state === "interrupted";
  return (
    <>
      {run.planned > run.end && <path class="planned" d={`M${Math.max(from, x(run.end))} ${line}H${x(run.planned)}`} />}
      {run.end > run.start && <path class="played" d={`M${from} ${line}H${x(run.end)}`} />}
      {isBroken && <path class="broken" d={`M${x(run.end)} ${line - 6}v12`} />}
      {roundsOf(run).map((round) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys select points, the mouse does it here
        <g
          key={round}
          class="point-of-run"
          onMouseDown={(event) => event.preventDefault()}
          onClick={(event) => (event.shiftKey ? mark : select)({ run: run.id, round })}
        >
          <title>{`${visibleText(run.name)}, round ${round}${checkpoints.has(round) ? ", checkpoint" : ""}`}</title>
          <circle class="target" cx={x(round)} cy={line} r={9} />
          {!lane.parent && round === 0 ? (
            <rect class="base" x={x(round) - 5} y={line - 5} width={10} height={10} />
          ) : (
            <circle
              class={checkpoints.has(round) ? "checkpoint" : isLive ? "live" : "newest"}
              cx={x(round)}
              cy={line}
              r={checkpoints.has(round) ? 4 : 3.5}
            />
          )}
          {round === selected && <circle class="chosen-ring" cx={x(round)} cy={line} r={8} />}
          {round === marked && <rect class="marked-ring" x={x(round) - 7} y={line - 7} width={14} height={14} />}
        </g>
      ))}
    </>
  );
}
