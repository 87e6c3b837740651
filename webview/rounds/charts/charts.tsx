import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Alarm } from "../../../daemon/protocol.ts";
import { memo } from "../../shared/memo.ts";
import { noAlarms } from "../alarms/run-alarms.ts";
import type { IterationStart } from "../data/iterations.ts";
import type { Rating } from "../data/records.ts";
import type { Series } from "../data/series.ts";
import { Chart } from "./chart.tsx";
import type { ChartSpec } from "./chart-specs.ts";

interface ChartsProps {
  readonly specs: readonly ChartSpec[];
  readonly series: Series;
  /** Iterations of an imitation, each marked where it begins. */
  readonly iterations: readonly IterationStart[];
  /** Alarms by the chart that they are about. */
  readonly alarms: ReadonlyMap<string, readonly Alarm[]>;
  readonly ratings: readonly Rating[];
  readonly selected: number;
  readonly asTable: boolean;
  readonly onSelect: (round: number) => void;
  readonly onAlarm: (alarm: Alarm) => void;
}

/** The run's charts, side by side on one axis of rounds and with one cursor. */
export const Charts = memo(function Charts(props: ChartsProps): VNode {
  const { specs, alarms, ...shared } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  return (
    <section class="charts" style={{ "--charts": String(specs.length) }} aria-label="Charts over rounds">
      {specs.map((spec) => (
        <Chart
          key={spec.id}
          spec={spec}
          alarms={alarms.get(spec.id) ?? noAlarms}
          hovered={hovered}
          onHover={setHovered}
          {...shared}
        />
      ))}
    </section>
  );
});
