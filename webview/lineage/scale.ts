/** From rounds to pixels. */
export interface Scale {
  /** Never falls as rounds grow. */
  readonly x: (round: number) => number;
  readonly ticks: readonly number[];
}

/** `even`: the same width for each round. `root`: early rounds wider, for short runs beside a long one. */
export type Axis = "even" | "root";

/** Pixels from one tick's label to the next, at least. */
const tickDistance = 56;

/** Maps rounds 0 to `last` on pixels `left` to `right`, with round numbers as ticks. */
export function roundScale(last: number, left: number, right: number, axis: Axis): Scale {
  const end = Math.max(1, last);
  const bend = (share: number): number => (axis === "even" ? share : Math.sqrt(share));
  const x = (round: number): number => left + bend(Math.max(0, round) / end) * Math.max(1, right - left);
  const steps = axis === "even" ? evenTicks(end, right - left) : rootTicks(end);
  return { x, ticks: spaced(steps, x) };
}

/** Multiples of 1, 2 or 5 times a power of ten. */
function evenTicks(end: number, width: number): number[] {
  const rough = (end * tickDistance) / Math.max(tickDistance, width);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}

/** 0, and 1, 2, 5 times the powers of ten. */
function rootTicks(end: number): number[] {
  const powers = Array.from({ length: Math.floor(Math.log10(end)) + 1 }, (_, i) => 10 ** i);
  return [0, ...powers.flatMap((power) => [1, 2, 5].map((factor) => factor * power))].filter((tick) => tick <= end);
}

/** From the largest tick down, those that leave room for the one after; the last of all is the base, 0. */
function spaced(ticks: readonly number[], x: (round: number) => number): number[] {
  const kept: number[] = [];
  for (const tick of ticks.toReversed()) {
    const next = kept[0];
    if (next === undefined || x(next) - x(tick) >= tickDistance - 1) kept.unshift(tick);
  }
  if (kept[0] !== 0) kept[0] = 0;
  return kept;
}
