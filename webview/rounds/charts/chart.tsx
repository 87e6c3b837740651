import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Alarm } from "../../../daemon/protocol.ts";
import { counted, fixed, none, percent } from "../../shared/numbers.ts";
import { linearScale, paddedDomain } from "../../shared/scale.ts";
import { useMedia, useWidth } from "../../shared/use-size.ts";
import type { IterationStart } from "../data/iterations.ts";
import type { Rating } from "../data/records.ts";
import { type Series, valueAt } from "../data/series.ts";
import { ChartLines } from "./chart-lines.tsx";
import type { ChartSpec, Subject } from "./chart-specs.ts";
import { ChartTable } from "./chart-table.tsx";
import { peopleMarks } from "./people.ts";
import { reaching } from "./threshold.ts";

/** A plot's height in pixels; where the window is low or the charts stand in two rows, the queries below must be seen too. */
const heights = { usual: 130, twoRows: 80, low: 56 };
const lowWindow = "(max-height: 700px)";
/** As in rounds.css. */
const twoRows = "(max-width: 1200px)";
/** Room for the numbers at the left and below. */
const margin = { left: 26, bottom: 18 };

interface ChartProps {
  readonly spec: ChartSpec;
  readonly series: Series;
  readonly iterations: readonly IterationStart[];
  /** Those that are about it. */
  readonly alarms: readonly Alarm[];
  readonly ratings: readonly Rating[];
  /** The selected round: a line in every chart. */
  readonly selected: number;
  /** The round under the pointer in any of the charts. */
  readonly hovered: number | null;
  readonly onHover: (round: number | null) => void;
  readonly onSelect: (round: number) => void;
  readonly onAlarm: (alarm: Alarm) => void;
  readonly asTable: boolean;
}

/** A chart over rounds: name and unit, the values at the cursor, then the drawing or its table. */
export function Chart(props: ChartProps): VNode {
  const { spec, series, ratings, selected, hovered, asTable } = props;
  const cursor = hovered ?? selected;
  return (
    <figure class="chart">
      <figcaption class="ell">
        <b>{spec.title}</b> <Unit unit={spec.unit} />
      </figcaption>
      <Values spec={spec} series={series} ratings={ratings} cursor={cursor} />
      {asTable ? <ChartTable spec={spec} series={series} /> : <Plot {...props} cursor={cursor} />}
    </figure>
  );
}

function Unit({ unit }: { readonly unit: string }): VNode {
  const [before, after] = unit.split("_Q");
  return (
    <span class="dim s">
      {before}
      {after !== undefined && <sub>Q</sub>}
      {after}
    </span>
  );
}

const inks: Readonly<Record<Subject, string>> = { solver: "so", challenger: "ch", data: "" };

type ValuesProps = Pick<ChartProps, "spec" | "series" | "ratings"> & { readonly cursor: number };

function Values({ spec, series, ratings, cursor }: ValuesProps): VNode {
  const scores = spec.people ? ratings.flatMap(({ score }) => score ?? []) : [];
  const share = spec.bars && valueAt(series, spec.bars.metric, cursor);
  return (
    <div class="values">
      {spec.lines.map(({ metric, label, short, subject, sparse, format }) => {
        const found = valueAt(series, metric, cursor);
        // Only what is measured now and then is told with its round; anything else that is older does not exist here.
        const shown = found && (sparse || found.round === cursor) ? found : null;
        return (
          <span class={inks[subject]}>
            {short ?? label} <b>{shown ? format(shown.value) : none}</b>
            {shown && shown.round !== cursor ? ` at ${shown.round}` : ""}
          </span>
        );
      })}
      {scores.length > 0 && (
        <span>
          people <b>{fixed(scores.reduce((sum, score) => sum + score, 0) / scores.length, 1)}</b>
          <span class="dim"> of {scores.length}</span>
        </span>
      )}
      {share && (
        <span>
          {spec.bars!.label} <b>{percent(share.value, share.value < 0.1 ? 1 : 0)}</b>
        </span>
      )}
    </div>
  );
}

function Plot(props: ChartProps & { readonly cursor: number }): VNode {
  const { spec, series, iterations, alarms, ratings, selected, hovered, onHover, onSelect, onAlarm, cursor } = props;
  const frame = useRef<HTMLDivElement>(null);
  const isLow = useMedia(lowWindow);
  const isInTwoRows = useMedia(twoRows);
  const height = isLow ? heights.low : isInTwoRows ? heights.twoRows : heights.usual;
  const width = Math.max(0, useWidth(frame) - margin.left - 4);
  const first = series.rounds[0] ?? 0;
  const last = series.rounds.at(-1) ?? 1;

  const people = useMemo(() => (spec.people ? peopleMarks(ratings, first, last) : []), [spec, ratings, first, last]);
  const x = useMemo(() => linearScale(first, Math.max(last, first + 1), 0, width), [first, last, width]);
  const y = useMemo(() => {
    const domain = paddedDomain([...valuesOf(spec, series), ...people.map(({ mean }) => mean)], spec.limits);
    const [min, max] = spec.threshold ? reaching(domain, spec.threshold.value) : domain;
    return linearScale(min, max, height, 0);
  }, [spec, series, people, height]);

  const isEmpty = spec.lines.every(({ metric }) => !series.columns[metric]?.some((value) => value !== null));
  if (isEmpty) {
    return (
      <div ref={frame} class="plot">
        <p class="s dim">{spec.absent}</p>
      </div>
    );
  }
  const roundAt = (event: MouseEvent): number => {
    const box = frame.current!.getBoundingClientRect();
    const share = (event.clientX - box.left - margin.left) / Math.max(1, width);
    return Math.round(first + Math.min(1, Math.max(0, share)) * (last - first));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the timeline is the slider that all can use; this is its short cut
    // biome-ignore lint/a11y/useKeyWithClickEvents: the panel's keys choose rounds
    <div
      ref={frame}
      class="plot"
      onPointerMove={(event) => onHover(roundAt(event))}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => onSelect(roundAt(event))}
    >
      <svg
        role="img"
        aria-label={`${spec.title}, ${spec.unit}, over rounds ${first} to ${last}.${told(alarms)} T shows it as a table.`}
        width="100%"
        height={height + margin.bottom}
      >
        <g transform={`translate(${margin.left} 1)`}>
          {/* Before it is laid out there is no width to draw for. */}
          {width > 0 && <ChartLines {...{ spec, series, iterations, alarms, people, x, y, width, height, onAlarm }} />}
          <path class="cursor" d={`M${x.at(Math.min(selected, last))} 0V${height}`} />
          {hovered !== null && hovered !== selected && (
            <path class="cursor hover" d={`M${x.at(hovered)} 0V${height}`} />
          )}
          {spec.lines.map(({ metric, subject, sparse }) => {
            const found = valueAt(series, metric, cursor);
            if (!found || (found.round !== cursor && !sparse)) return null;
            return subject === "solver" ? (
              <circle class="mark solver" cx={x.at(found.round)} cy={y.at(found.value)} r={3} />
            ) : (
              <rect
                class={`mark ${subject}`}
                x={x.at(found.round) - 3}
                y={y.at(found.value) - 3}
                width={6}
                height={6}
              />
            );
          })}
        </g>
      </svg>
    </div>
  );
}

/** Alarms as a part of a chart's description. */
function told(alarms: readonly Alarm[]): string {
  return alarms.length === 0 ? "" : ` ${counted(alarms.length, "alarm")}, the newest in round ${alarms.at(-1)!.round}.`;
}

function valuesOf({ lines, band }: ChartSpec, { columns }: Series): number[] {
  const metrics = [...lines.map(({ metric }) => metric), ...(band ? [band.low, band.high] : [])];
  return metrics.flatMap((metric) => (columns[metric] ?? []).filter((value) => value !== null));
}
