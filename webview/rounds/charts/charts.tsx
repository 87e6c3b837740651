import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { memo } from "../../shared/memo.ts";
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
  readonly ratings: readonly Rating[];
  readonly selected: number;
  readonly asTable: boolean;
  readonly onSelect: (round: number) => void;
}

/** The run's charts, side by side on one axis of rounds and with one cursor. */
export const Charts = memo(function Charts(props: ChartsProps): VNode {
  const { specs, ...shared } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  return (
    <section class="charts" style={{ "--charts": String(specs.length) }} aria-label="Charts over rounds">
      {specs.map((spec) => (
        <Chart key={spec.id} spec={spec} hovered={hovered} onHover={setHovered} {...shared} />
      ))}
    </section>
  );
});
