import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import type { RunOverview } from "../../../daemon/protocol.ts";
import { memo } from "../../shared/memo.ts";
import { niceTicks } from "../../shared/scale.ts";
import { useWidth } from "../../shared/use-size.ts";
import { visibleText } from "../../shared/visible.ts";
import type { IterationStart } from "../data/iterations.ts";
import {
  timelineInset as inset,
  type LabelWish,
  layoutLabels,
  plannedCheckpoints,
  timelineScale,
} from "./timeline-layout.ts";

interface TimelineProps {
  /** The first and the newest finished round. */
  readonly first: number;
  readonly finished: number;
  /** The last round of the plan. */
  readonly rounds: number;
  readonly selected: number;
  /** Whether the run is under way: its newest round is then "live". */
  readonly isLive: boolean;
  readonly checkpoints: readonly number[];
  readonly checkpointEvery: number | undefined;
  readonly forks: readonly RunOverview[];
  /** Iterations of an imitation. */
  readonly iterations: readonly IterationStart[];
  readonly onSelect: (round: number) => void;
}

const track = 9;
const height = 34;

/** Slider, checkpoints, forks, live position and plan in one line. Arrow keys are the panel's. */
export const Timeline = memo(function Timeline(props: TimelineProps): VNode {
  const { first, finished, rounds, selected, isLive, checkpoints, checkpointEvery, forks, iterations, onSelect } =
    props;
  const frame = useRef<HTMLDivElement>(null);
  const width = Math.max(0, useWidth(frame) - 2 * inset);
  const x = timelineScale(rounds, width);
  const planned = checkpointEvery === undefined ? [] : plannedCheckpoints(checkpointEvery, finished, rounds);
  const wishes: LabelWish[] = [
    { x: x.at(selected), text: String(selected), kind: "selected" },
    ...(isLive && selected !== finished
      ? [{ x: x.at(finished), text: `${finished} live`, kind: "live" as const }]
      : []),
    ...forks.map((fork) => ({
      x: x.at(fork.parent!.round),
      text: visibleText(fork.id),
      kind: "fork" as const,
    })),
    ...iterations.slice(1).map(({ iteration, first: round }) => ({
      x: x.at(round),
      text: `iteration ${iteration}`,
      kind: "iteration" as const,
    })),
    ...[rounds, 0].map((round) => ({ x: x.at(round), text: String(round), kind: "tick" as const })),
    ...niceTicks(0, Math.max(rounds, 1), Math.max(2, Math.floor(width / 130)), true).map((round) => ({
      x: x.at(round),
      text: String(round),
      kind: "tick" as const,
    })),
  ];

  const select = (event: PointerEvent): void => {
    const box = frame.current!.getBoundingClientRect();
    const share = (event.clientX - box.left - inset) / Math.max(1, width);
    onSelect(Math.min(finished, Math.max(first, Math.round(share * rounds))));
  };
  return (
    <div
      ref={frame}
      class="timeline"
      role="slider"
      tabIndex={0}
      aria-label="Round"
      aria-valuemin={first}
      aria-valuemax={finished}
      aria-valuenow={selected}
      aria-valuetext={`round ${selected} of ${finished} finished, ${rounds} planned`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        select(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && select(event)}
    >
      <svg width="100%" height={height} aria-hidden="true">
        <g transform={`translate(${inset} 0)`}>
          <rect class="plan" x={0} y={track - 1} width={width} height={2} />
          <rect
            class="played"
            x={x.at(first)}
            y={track - 2}
            width={Math.max(0, x.at(finished) - x.at(first))}
            height={4}
          />
          {iterations.slice(1).map(({ first: round }) => (
            <path class="iteration" d={`M${x.at(round)} 0V18`} />
          ))}
          {planned.map((round) => (
            <circle class="checkpoint planned" cx={x.at(round)} cy={track} r={3.5} />
          ))}
          {checkpoints.map((round) => (
            <circle class="checkpoint" cx={x.at(round)} cy={track} r={3.5}>
              <title>{`checkpoint of round ${round}`}</title>
            </circle>
          ))}
          {forks.map(({ parent }) => (
            <path class="fork-mark" d={`M${x.at(parent!.round)} ${track + 3}v13h5`} />
          ))}
          {isLive && <rect class="live" x={x.at(finished) - 1} y={track - 7} width={2} height={14} />}
          <rect class="handle" x={x.at(selected) - 3} y={track - 7} width={6} height={14} />
          {layoutLabels(wishes, width).map((label) => (
            <text class={label.kind} x={label.x} y={29} text-anchor={label.anchor}>
              {label.text}
            </text>
          ))}
        </g>
      </svg>
    </div>
  );
});
