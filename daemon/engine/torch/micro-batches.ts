/** Sequences that are computed together or not at all. */
export interface Unit {
  readonly sequences: number;
  /** Tokens of the longest one that the model reads. */
  readonly longest: number;
}

/**
 * Cuts units into micro-batches of at most `maxTokens` padded tokens (one unit at least), longest first, so that units
 * of like length share one. The plan depends on the sizes alone.
 * @returns per micro-batch, indices into `units`
 */
export function microBatches(units: readonly Unit[], maxTokens: number): number[][] {
  const order = units.map((_, index) => index);
  order.sort((a, b) => units[b]!.longest - units[a]!.longest || a - b);

  const batches: number[][] = [];
  let [sequences, longest] = [0, 0];
  for (const index of order) {
    const unit = units[index]!;
    sequences += unit.sequences;
    if (batches.length === 0 || sequences * longest > maxTokens) {
      batches.push([]);
      [sequences, longest] = [unit.sequences, unit.longest];
    }
    batches.at(-1)!.push(index);
  }
  return batches;
}
