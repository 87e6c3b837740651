/* Ragged lists as flat arrays, as they cross to the worker. */

/** Joins rows: [all elements, each row's length]. */
export function concatenate<T extends Int32Array | Float32Array>(
  kind: { new (length: number): T },
  rows: readonly ArrayLike<number>[],
): [T, Int32Array] {
  const lengths = Int32Array.from(rows, (row) => row.length);
  const flat = new kind(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const row of rows) {
    flat.set(row, offset);
    offset += row.length;
  }
  return [flat, lengths];
}

/** The inverse of `concatenate`; rows share the flat array's memory. */
export function split<T extends Int32Array | Float32Array>(flat: T, lengths: Int32Array): T[] {
  let offset = 0;
  return Array.from(lengths, (length) => {
    const row = flat.subarray(offset, offset + length) as T;
    offset += length;
    return row;
  });
}
