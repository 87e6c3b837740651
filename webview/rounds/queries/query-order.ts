import type { QueryRecord } from "../data/records.ts";

/** Admitted queries by rising V, those without one after them, and last those that were not admitted. */
export function hardestFirst(queries: readonly QueryRecord[]): QueryRecord[] {
  const rank = ({ admitted, V }: QueryRecord): number =>
    admitted ? (V ?? Number.MAX_VALUE) : Number.POSITIVE_INFINITY;
  return queries.toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x === y ? a.index - b.index : x - y;
  });
}

/** Mean of the numbers that exist; null where there is none. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
}

/** The greatest absolute value, at least `least`: what a bar's full length stands for. */
export function greatest(values: readonly number[], least: number): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), least);
}
