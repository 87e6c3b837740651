/** Rounds at about equal distances from the first played round to the last, both included. */
export function spreadRounds(first: number, last: number, columns: number): number[] {
  if (last < first) return [];
  const all = Array.from({ length: columns }, (_, i) => Math.round(first + ((last - first) * i) / (columns - 1)));
  return [...new Set(all)];
}
