/** A linear map from values to pixels. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Pixel of a value. */
  readonly at: (value: number) => number;
}

/** `from` and `to` are the pixels of `min` and `max`; an empty interval maps to `from`. */
export function linearScale(min: number, max: number, from: number, to: number): Scale {
  const factor = max > min ? (to - from) / (max - min) : 0;
  return { min, max, at: (value) => from + (value - min) * factor };
}

/** Round numbers in [min, max], about `count` of them: multiples of 1, 2 or 5 times a power of ten. */
export function niceTicks(min: number, max: number, count: number, whole = false): number[] {
  if (!(max > min)) return [min];
  const step = niceStep((max - min) / count, whole);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function niceStep(rough: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((candidate) => candidate >= rough * 0.999)!;
  return whole ? Math.max(1, step) : step;
}

/** The interval that an axis shows for these values: with a little air, within hard limits where there are any. */
export function paddedDomain(
  values: readonly number[],
  limits: { readonly min?: number; readonly max?: number } = {},
): readonly [min: number, max: number] {
  if (values.length === 0) return [limits.min ?? 0, limits.max ?? 1];
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const air = 0.06 * (high - low) || Math.max(Math.abs(high) * 0.1, 1e-6);
  return [
    Math.max(low - air, limits.min ?? Number.NEGATIVE_INFINITY),
    Math.min(high + air, limits.max ?? Number.POSITIVE_INFINITY),
  ];
}
