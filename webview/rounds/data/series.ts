import type { Alarm, ResultOf } from "../../../daemon/protocol.ts";

/** A run's metrics over its finished rounds: columns of equal length, one value a round, null where there is none. */
export interface Series {
  readonly run: string;
  readonly rounds: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  /** Alarms that began in these rounds, in order. */
  readonly alarms: readonly Alarm[];
}

/** A run before its first round. */
export function emptySeries(run: string): Series {
  return { run, rounds: [], columns: {}, alarms: [] };
}

/** The newest round, −1 before the first: what to ask for more `after`. */
export function lastRound({ rounds }: Series): number {
  return rounds.at(-1) ?? -1;
}

/** The series with a page of later rounds at its end. An empty page gives the same series, so that nothing is drawn anew. */
export function appended(series: Series, page: ResultOf<"sparring/round/series">): Series {
  if (page.rounds.length === 0) return series;
  const columns = Object.entries(page.series).map(([metric, values]) => [
    metric,
    [...(series.columns[metric] ?? []), ...values],
  ]);
  return {
    run: series.run,
    rounds: [...series.rounds, ...page.rounds],
    columns: Object.fromEntries(columns),
    // The same list where there are none, so that what depends on alarms alone is not drawn anew.
    alarms: page.alarms.length === 0 ? series.alarms : [...series.alarms, ...page.alarms],
  };
}

/** Index of the newest round that is not after `round`; −1 if there is none. */
export function indexAt(rounds: readonly number[], round: number): number {
  let [low, high] = [0, rounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rounds[middle]! <= round) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A metric's value at a round, or the newest one before it, with its round; null if there is none. */
export function valueAt(
  { rounds, columns }: Series,
  metric: string,
  round: number,
): { readonly round: number; readonly value: number } | null {
  const column = columns[metric] ?? [];
  for (let index = indexAt(rounds, round); index >= 0; index--) {
    const value = column[index] ?? null;
    if (value !== null) return { round: rounds[index]!, value };
  }
  return null;
}
