import type { VNode } from "preact";
import { percent } from "../shared/numbers.ts";
import type { Measured } from "./family.ts";
import type { Lane } from "./layout.ts";
import type { Scale } from "./scale.ts";

interface AccuracyLineProps {
  readonly lane: Lane;
  readonly scale: Scale;
  readonly range: { readonly low: number; readonly high: number };
}

/** Held-out accuracy under a run's line, and its parent's over the same rounds, dotted. */
export function AccuracyLine({ lane, scale: { x }, range }: AccuracyLineProps): VNode | null {
  const { run, parent, chart } = lane;
  if (!chart) return null;
  const pad = 5;
  const y = (value: number): number =>
    chart.top + pad + (1 - (value - range.low) / (range.high - range.low)) * (chart.height - 2 * pad);
  const path = (points: readonly Measured[]): string =>
    points.map(({ round, value }, i) => `${i === 0 ? "M" : "L"}${x(round).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const beside = parent?.accuracy.filter(({ round }) => round >= run.start && round <= run.planned) ?? [];
  const last = run.accuracy.at(-1)!;
  const right = Math.max(x(last.round), x(run.start) + 12);
  return (
    <g class="accuracy">
      {[range.low, range.high].map((value) => (
        <path key={value} class="grid" d={`M${x(run.start)} ${y(value)}H${right}`} />
      ))}
      {!parent &&
        [range.low, range.high].map((value) => (
          <text key={value} class="end dim" x={x(run.start) - 6} y={y(value) + 4}>
            {percent(value)}
          </text>
        ))}
      {beside.length > 1 && <path class="parent-line" d={path(beside)} />}
      <path class="own-line" d={path(run.accuracy)} />
      <circle class="own-end" cx={x(last.round)} cy={y(last.value)} r={2.6} />
      <text class="value" x={x(last.round) + 6} y={y(last.value) + 4}>
        {percent(last.value, 1)}
      </text>
    </g>
  );
}
