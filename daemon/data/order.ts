/** A uniform number in [0, 1) for an index: counter-based, so that no draw can move another. */
export type Uniform = (index: number) => number;

/** Draws that belong together have a block of indices of their own; data sets have fewer records than that. */
const blockSize = 2 ** 32;

/**
 * A random order of 0 … count − 1 (Fisher–Yates).
 * @param block whose draws are used, below 2²¹: orders of different blocks are independent
 * @returns [count], 4 bytes each
 */
export function permutation(count: number, block: number, uniform: Uniform): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform(block * blockSize + i) * (i + 1));
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}

/**
 * The records of an iteration: the data in a random order are divided into `parts` whose sizes differ by at most one, and
 * iteration t uses part t mod parts. One part is all records, in each iteration; SPAC uses three.
 * @param iteration from 0
 * @returns indices of records; together the parts have each of them once
 */
export function iterationRecords(count: number, iteration: number, parts: number, uniform: Uniform): Uint32Array {
  const part = iteration % parts;
  const bound = (k: number): number => Math.floor((k * count) / parts);
  return permutation(count, 0, uniform).subarray(bound(part), bound(part + 1));
}

/**
 * The records of an iteration in the order of one epoch.
 * @param epoch counted from 0 over the whole run, so that no two epochs have the same draws
 */
export function epochOrder(records: Uint32Array, epoch: number, uniform: Uniform): Uint32Array {
  // Block 0 divides the data.
  return permutation(records.length, 1 + epoch, uniform).map((place) => records[place]!);
}
