import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import type { Measure } from "../../../daemon/protocol.ts";
import { linearScale, type Scale } from "../../shared/scale.ts";
import { useWidth } from "../../shared/use-size.ts";
import { type Axis, ticksWithRoom } from "./axis.ts";
import { measureText, noteMark, numberOf, numberText, type Write } from "./measure-text.ts";

/** A measure of a plot, on a line of its own. */
export interface PlotRow {
  readonly name: string;
  readonly measure: Measure;
  /** Middle of the line, px from the top. */
  readonly y: number;
}

interface MeasurePlotProps {
  /** What the plot shows, for whoever does not see it. */
  readonly label: string;
  readonly rows: readonly PlotRow[];
  readonly axis: Axis;
  readonly write: Write;
  readonly writeTick: Write;
  /** Why measures have no interval: the notes that marks refer to. */
  readonly reasons: readonly string[];
  /** Of the lines, px; the axis' numbers stand below. */
  readonly height: number;
}

/** px: half a dot at the left, the numbers at the right, the axis' numbers below. */
const room = { left: 6, right: 48, below: 17 };
/** px for a number on the axis, with air. */
const tickWidth = 24;
/** px for the mark of a note beside a number. */
const markWidth = 6;

/** Measures below one another on one axis: a dot, its 95 % interval as a bar, and the number. A hollow dot has no interval. */
export function MeasurePlot(props: MeasurePlotProps): VNode {
  const { label, rows, axis, write, writeTick, reasons, height } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const x = linearScale(axis.min, axis.max, 0, Math.max(0, width - room.left - room.right));
  return (
    <div ref={frame} class="measures">
      <svg role="img" aria-label={`${label}. T shows it as a table.`} width="100%" height={height + room.below}>
        {/* Before it is laid out there is no width to draw for. */}
        {width > 0 && (
          <g transform={`translate(${room.left} 0)`}>
            {axis.ticks.map((tick) => (
              <path class={tick === 0 ? "grid zero" : "grid"} d={`M${x.at(tick)} 0V${height}`} />
            ))}
            {ticksWithRoom(axis, x.at(1) - x.at(0), tickWidth).map((tick) => (
              <text class="tick middle" x={x.at(tick)} y={height + 13}>
                {writeTick(tick)}
              </text>
            ))}
            {rows.map((row) => (
              <Line row={row} x={x} write={write} reasons={reasons} end={width - room.left} />
            ))}
          </g>
        )}
      </svg>
    </div>
  );
}

interface LineProps {
  readonly row: PlotRow;
  readonly x: Scale;
  readonly write: Write;
  readonly reasons: readonly string[];
  /** Where numbers end, px. */
  readonly end: number;
}

function Line({ row: { name, measure, y }, x, write, reasons, end }: LineProps): VNode {
  const value = numberOf(measure);
  const mark = measure.kind === "no-interval" ? noteMark(reasons.indexOf(measure.why)) : "";
  return (
    <g>
      <title>{`${name}: ${measureText(measure, write)}`}</title>
      {/* What the pointer finds beside the dot. */}
      <rect class="target" x={0} y={y - 10} width={Math.max(0, end)} height={20} />
      {measure.kind === "estimate" && <path class="bar" d={`M${x.at(measure.low)} ${y}H${x.at(measure.high)}`} />}
      {value === null ? (
        <text class="absent" x={0} y={y + 4}>
          {numberText(measure, write)}
          {mark}
        </text>
      ) : (
        <>
          <circle class={measure.kind === "estimate" ? "dot" : "dot hollow"} cx={x.at(value)} cy={y} r={3.2} />
          <text class="number" x={end - markWidth} y={y + 4}>
            {write(value)}
          </text>
          <text x={end - markWidth + 1} y={y + 4}>
            {mark}
          </text>
        </>
      )}
    </g>
  );
}
