import type { VNode } from "preact";
import type { Alarm } from "../../../daemon/protocol.ts";
import { memo } from "../../shared/memo.ts";
import { plain } from "../../shared/numbers.ts";
import { niceTicks, type Scale } from "../../shared/scale.ts";
import type { IterationStart } from "../data/iterations.ts";
import type { Series } from "../data/series.ts";
import { AlarmTriangles } from "./alarm-triangles.tsx";
import type { ChartSpec } from "./chart-specs.ts";
import { type PixelColumn, pixelColumns } from "./downsample.ts";
import { type Point, placeLabels } from "./labels.ts";
import type { PeopleMark } from "./people.ts";

interface ChartLinesProps {
  readonly spec: ChartSpec;
  readonly series: Series;
  readonly iterations: readonly IterationStart[];
  readonly alarms: readonly Alarm[];
  readonly people: readonly PeopleMark[];
  readonly x: Scale;
  readonly y: Scale;
  readonly width: number;
  readonly height: number;
  readonly onAlarm: (alarm: Alarm) => void;
}

/** A chart's drawing without its cursor: drawn anew when a round was added or the size changed, and not before. */
export const ChartLines = memo(function ChartLines(props: ChartLinesProps): VNode {
  const { spec, series, iterations, alarms, people, x, y, width, height, onAlarm } = props;
  const columnsOf = (metric: string): PixelColumn[] =>
    pixelColumns(series.rounds, series.columns[metric] ?? [], x.min, x.max, Math.max(2, width));
  const drawn = spec.lines.map((line) => ({ line, columns: columnsOf(line.metric) }));
  const points = drawn.map(({ columns }) =>
    columns.map((column): Point => ({ x: x.at(column.x), y: y.at(column.mean) })),
  );
  const labels = placeLabels(
    drawn.map(({ line }, index) => ({ width: 5.8 * line.label.length + 4, line: thinned(points[index]!) })),
    { width, height },
  );
  return (
    <g>
      {niceTicks(y.min, y.max, 3).map((tick) => (
        <g>
          <path class="grid" d={`M0 ${px(y.at(tick))}H${width}`} />
          <text class="tick end" x={-5} y={y.at(tick) + 3.5}>
            {plain(tick)}
          </text>
        </g>
      ))}
      {niceTicks(x.min, x.max, Math.max(2, Math.floor(width / 45)), true).map((tick) => (
        <text class="tick middle" x={x.at(tick)} y={height + 14}>
          {tick}
        </text>
      ))}
      {iterations.slice(1).map(({ first }) => (
        <path class="iteration" d={`M${px(x.at(first))} 0V${height}`} />
      ))}
      {spec.band && (
        <path
          class={`band ${spec.band.subject}`}
          d={bandPath(columnsOf(spec.band.low), columnsOf(spec.band.high), x, y)}
        />
      )}
      {spec.bars && <path class="bars" d={barPath(columnsOf(spec.bars.metric), x, height)} />}
      {drawn.map(({ line, columns }, index) => (
        <g class={line.subject}>
          {columns.some(({ min, max }) => min < max) && <path class="spread" d={spreadPath(columns, x, y)} />}
          <path class={line.dashed ? "line dashed" : "line"} d={linePath(points[index]!)} />
          {line.sparse && points[index]!.length < width / 6 && points[index]!.map((point) => <Dot {...point} />)}
        </g>
      ))}
      {people.map((mark) => (
        <path class="people" d={diamond(x.at(mark.round), y.at(mark.mean))}>
          <title>{`people: ${mark.mean.toFixed(1)}, ${mark.ratings} rated near round ${Math.round(mark.round)}`}</title>
        </path>
      ))}
      {spec.threshold && <Threshold {...spec.threshold} y={y} width={width} height={height} />}
      <AlarmTriangles alarms={alarms} x={x} height={height} onAlarm={onAlarm} />
      {labels.map(
        (label, index) =>
          label &&
          drawn.length + people.length > 1 && (
            <text class={`halo ${spec.lines[index]!.subject}`} x={label.x} y={label.y}>
              {spec.lines[index]!.label}
            </text>
          ),
      )}
    </g>
  );
});

interface ThresholdProps {
  readonly value: number;
  readonly label: string;
  readonly y: Scale;
  readonly width: number;
  readonly height: number;
}

/** A dashed line, where the axis has its value; its label above it and the axis' triangles, or below it where there is no room. */
function Threshold({ value, label, y, width, height }: ThresholdProps): VNode | null {
  if (value < y.min || value > y.max) return null;
  const at = y.at(value);
  return (
    <g class="threshold">
      <path d={`M0 ${px(at)}H${width}`} />
      <text x={2} y={at < 14 ? at + 11 : Math.min(at - 4, height - 12)}>
        {label}
      </text>
    </g>
  );
}

function Dot({ x, y }: Point): VNode {
  return <circle class="dot" cx={x} cy={y} r={2.5} />;
}

/** A hollow diamond around a point: people. */
function diamond(x: number, y: number): string {
  return `M${px(x - 4.5)} ${px(y)}l4.5 -4.5l4.5 4.5l-4.5 4.5z`;
}

/** Enough points to find a place for a label, without trying every pixel. */
function thinned(points: readonly Point[]): Point[] {
  const step = Math.max(1, Math.floor(points.length / 40));
  return points.filter((_, index) => index % step === 0);
}

function linePath(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${px(x)} ${px(y)}`).join("");
}

/** Between the least and the greatest value of each pixel: what a mean over several rounds would hide. */
function spreadPath(columns: readonly PixelColumn[], x: Scale, y: Scale): string {
  const there = columns.map((column) => `${px(x.at(column.x))} ${px(y.at(column.max))}`);
  const back = columns.toReversed().map((column) => `${px(x.at(column.x))} ${px(y.at(column.min))}`);
  return `M${[...there, ...back].join("L")}Z`;
}

function bandPath(low: readonly PixelColumn[], high: readonly PixelColumn[], x: Scale, y: Scale): string {
  if (low.length === 0 || high.length === 0) return "";
  const there = high.map((column) => `${px(x.at(column.x))} ${px(y.at(column.mean))}`);
  const back = low.toReversed().map((column) => `${px(x.at(column.x))} ${px(y.at(column.mean))}`);
  return `M${[...there, ...back].join("L")}Z`;
}

/** Shares as bars from the bottom; 1 would reach a third of the way up. */
function barPath(columns: readonly PixelColumn[], x: Scale, height: number): string {
  return columns
    .filter(({ max }) => max > 0)
    .map(({ x: round, max }) => `M${px(x.at(round))} ${height}v${px((-max * height) / 3)}`)
    .join("");
}

/** Tenths of a pixel are enough, and make short paths. */
function px(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
