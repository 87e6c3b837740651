/** What a metric does within one pixel column. */
export interface PixelColumn {
  /** Middle of its rounds. */
  readonly x: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/**
 * A metric at the resolution of the drawing: rounds that share a pixel become one column with their least, greatest and mean
 * value, so that no outlier is lost however long the run. Rounds without a value are left out. Rounds ascend.
 * @param pixels how many columns the interval from `first` to `last` has
 */
export function pixelColumns(
  rounds: readonly number[],
  values: readonly (number | null)[],
  first: number,
  last: number,
  pixels: number,
): PixelColumn[] {
  const columns: PixelColumn[] = [];
  const perRound = last > first ? (pixels - 1) / (last - first) : 0;
  let column = -1;
  let start = 0;
  let [min, max, sum, count, end] = [0, 0, 0, 0, 0];
  const close = (): void => {
    if (count > 0) columns.push({ x: (start + end) / 2, min, max, mean: sum / count });
  };
  for (const [index, round] of rounds.entries()) {
    const value = values[index] ?? null;
    if (value === null || round < first || round > last) continue;
    const at = Math.floor((round - first) * perRound);
    if (at !== column || count === 0) {
      close();
      column = at;
      start = round;
      [min, max, sum, count] = [value, value, 0, 0];
    }
    end = round;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
  }
  close();
  return columns;
}
