import type { Measure } from "../../../daemon/protocol.ts";

/** What a plot's axis spans, and where it has a number. */
export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/** From 0 to 1, or from −0.5 or −1 where a point or an interval lies below 0: an axis for ρ and κ. */
export function correlationAxis(measures: readonly Measure[]): Axis {
  const [low] = extentOf(measures);
  const min = Math.max(-1, Math.floor(2 * Math.min(0, low)) / 2);
  return { min, max: 1, ticks: ticksOf(min, 1, 0.5) };
}

/** Whole points around 0 that hold all points and intervals, one at each side at least: an axis for judge − human. */
export function biasAxis(measures: readonly Measure[]): Axis {
  const [low, high] = extentOf(measures);
  const [min, max] = [Math.floor(Math.min(-1, low)), Math.ceil(Math.max(1, high))];
  return { min, max, ticks: ticksOf(min, max, max - min > 4 ? 2 : 1) };
}

/**
 * The ticks whose numbers fit side by side: 0, and each second, third, … from there.
 * @param perUnit px from 0 to 1
 * @param least   px from one number to the next
 */
export function ticksWithRoom({ ticks }: Axis, perUnit: number, least: number): number[] {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
  const every = Math.max(1, Math.ceil(least / (step * perUnit)));
  return ticks.filter((tick) => Math.round(tick / step) % every === 0);
}

/** The least and the greatest number that is drawn; 0 counts always. */
function extentOf(measures: readonly Measure[]): readonly [low: number, high: number] {
  const drawn = measures.flatMap((measure) => {
    if (measure.kind === "estimate") return [measure.low, measure.high];
    return measure.kind === "no-interval" && measure.value !== null ? [measure.value] : [];
  });
  return [Math.min(0, ...drawn), Math.max(0, ...drawn)];
}

/** Multiples of `step` from `min` to `max`. */
function ticksOf(min: number, max: number, step: number): number[] {
  const first = Math.ceil(min / step);
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, i) => (first + i) * step);
}
