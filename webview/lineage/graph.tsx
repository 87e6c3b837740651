import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useWidth } from "../shared/use-size.ts";
import type { Placed } from "./family.ts";
import { LaneView } from "./lane.tsx";
import { accuracyRange, layoutOf } from "./layout.ts";
import { type Axis, roundScale, type Scale } from "./scale.ts";
import type { Point } from "./selection.ts";

interface GraphProps {
  readonly placed: readonly Placed[];
  readonly axis: Axis;
  readonly selected: Point;
  readonly marked: Point | undefined;
  readonly select: (point: Point) => void;
  readonly mark: (point: Point) => void;
}

/** Left of round 0 stand the percents; right of the last round a line's value. */
const margin = { left: 44, right: 58 };
/** Height of the axis, which stays while lanes scroll. */
const axisHeight = 22;

/** The lanes under an axis of rounds since the base model. */
export function Graph({ placed, axis, selected, marked, select, mark }: GraphProps): VNode {
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box);
  const runs = useMemo(() => placed.map(({ run }) => run), [placed]);
  const scale = useMemo(() => {
    const last = Math.max(...runs.map(({ planned }) => planned));
    return roundScale(last, margin.left, Math.max(margin.left + 100, width - margin.right), axis);
  }, [runs, width, axis]);
  const layout = useMemo(() => layoutOf(placed, scale, width), [placed, scale, width]);
  const range = useMemo(() => accuracyRange(runs), [runs]);

  const lane = layout.lanes.find(({ run }) => run.id === selected.run);
  const top = lane?.top ?? 0;
  const height = lane?.height ?? 0;
  // The selected run is in sight, below the axis.
  useEffect(() => {
    const view = box.current;
    if (!view) return;
    if (top < view.scrollTop) view.scrollTop = top;
    const under = top + height + axisHeight - view.clientHeight;
    if (under > view.scrollTop) view.scrollTop = under;
  }, [top, height, width > 0]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which the keyboard must reach
    <section class="graph" ref={box} tabIndex={0} aria-label="Runs over rounds since the base model">
      {width > 0 && (
        <>
          <AxisRow scale={scale} width={width} />
          <div class="lanes" style={{ height: `${layout.height}px` }}>
            <svg class="behind" width={width} height={layout.height} aria-hidden="true">
              {scale.ticks.map((tick) => (
                <path key={tick} class="grid" d={`M${scale.x(tick)} 0V${layout.height}`} />
              ))}
              {layout.branches.map(({ to, x, from, down }) => (
                <path key={to} class="branch" d={`M${x} ${from}V${down - 10}q0 10 10 10h2`} />
              ))}
            </svg>
            {layout.lanes.map((each) => (
              <LaneView
                key={each.run.id}
                lane={each}
                scale={scale}
                width={width}
                range={range}
                selected={selected.run === each.run.id ? selected.round : undefined}
                marked={marked?.run === each.run.id ? marked.round : undefined}
                select={select}
                mark={mark}
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function AxisRow({ scale, width }: { readonly scale: Scale; readonly width: number }): VNode {
  return (
    <svg class="axis-row" width={width} height={axisHeight} aria-hidden="true">
      {scale.ticks.map((tick) => (
        <text key={tick} class="middle dim" x={scale.x(tick)} y={14}>
          {tick}
        </text>
      ))}
    </svg>
  );
}
