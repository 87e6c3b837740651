/** Maps values to places on a drawing, and says where the axis has its numbers. */
export interface Scale {
  /** Place of a value, pixels; a value beyond an end is at that end. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** The two ends of something: of an axis in its unit, or of its place in pixels. */
export type Ends = readonly [first: number, last: number];

/** A linear axis that begins and ends with a round number, with `count` numbers or about as many. */
export function linearScale(values: Ends, place: Ends, count: number): Scale {
  const step = niceStep((values[1] - values[0]) / Math.max(1, count - 1));
  const [low, high] = [Math.floor(values[0] / step + 1e-9), Math.ceil(values[1] / step - 1e-9)];
  const last = Math.max(high, low + 1);
  const ticks = Array.from({ length: last - low + 1 }, (_, i) => Number(((low + i) * step).toPrecision(12)));
  return { at: between([ticks[0]!, ticks.at(-1)!], place), ticks };
}

/** A logarithmic axis from one power of ten to another, with a number at each. */
export function logScale(values: Ends, place: Ends): Scale {
  const low = Math.floor(Math.log10(values[0]) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(values[1]) - 1e-9));
  const at = between([low, high], place);
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => Number((10 ** (low + i)).toPrecision(12)));
  return { at: (value) => at(value > 0 ? Math.log10(value) : low), ticks };
}

/** The least of 1, 2, 2.5, 3, 5 times a power of ten that is not below `step`; 1 for 0. */
function niceStep(step: number): number {
  if (step <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 2.5, 3, 5, 10].find((factor) => factor * power >= step * (1 - 1e-9))! * power;
}

function between([a, b]: Ends, [from, to]: Ends): (value: number) => number {
  return (value) => from + Math.min(1, Math.max(0, (value - a) / (b - a))) * (to - from);
}
