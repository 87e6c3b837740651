const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `columns` cells, filled by `share` (0–1) in steps of an eighth of a cell. */
export function bar(share: number, columns: number): { readonly filled: string; readonly rest: string } {
  const steps = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const filled = "█".repeat(Math.floor(steps / 8)) + eighths[steps % 8];
  return { filled, rest: " ".repeat(columns - filled.length) };
}

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** A value at a place on the horizontal axis. */
export interface Point {
  readonly x: number;
  readonly y: number | null;
}

/**
 * Draws points as a row of blocks whose columns are the time axis from `first` to `last`: the mean of the points in each
 * column, from the lowest to the highest of them. A column without points repeats the one before, up to the column of the
 * newest point; what lies ahead is left empty.
 * @param now the newest x on the axis; columns up to it are drawn
 */
export function sparkline(
  points: readonly Point[],
  axis: { first: number; last: number; now: number },
  columns: number,
): string {
  const span = Math.max(1, axis.last - axis.first);
  const column = (x: number) => Math.min(columns - 1, Math.max(0, Math.floor(((x - axis.first) / span) * columns)));
  const sums = Array.from({ length: columns }, () => ({ total: 0, count: 0 }));
  for (const { x, y } of points) {
    if (y === null) continue;
    const bin = sums[column(x)]!;
    bin.total += y;
    bin.count++;
  }
  const means = sums.map(({ total, count }) => (count === 0 ? null : total / count));
  const known = means.filter((mean) => mean !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const level = (mean: number) => (high === low ? 3 : Math.round(((mean - low) / (high - low)) * 7));
  let line = "";
  let before = " ";
  for (const mean of means.slice(0, column(axis.now) + 1)) {
    if (mean !== null) before = levels[level(mean)]!;
    line += before;
  }
  return line;
}
