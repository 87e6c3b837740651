/* What both engines send to their workers: ragged lists as flat arrays, and the checks before. */
import type { Sequence } from "./engine.ts";
import type { FrameArray } from "./frames.ts";

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

/** Prompts and responses as they cross to the worker. */
export function flatten(sequences: readonly Sequence[]): FrameArray[] {
  const prompts = sequences.map(({ prompt }) => prompt);
  const responses = sequences.map(({ response }) => response);
  return [...concatenate(Int32Array, prompts), ...concatenate(Int32Array, responses)];
}

/** Rows as they come from the worker: all elements, and each row's length. */
export function rowsOf(arrays: readonly FrameArray[]): Float32Array[] {
  return split(arrays[0] as Float32Array, arrays[1] as Int32Array);
}

/** @throws RangeError unless there is a coefficient for each token of a response */
export function requireCoefficients(response: ArrayLike<number>, given: Float32Array | undefined, index: number): void {
  if (given?.length === response.length) return;
  throw new RangeError(`sequence ${index} has ${response.length} tokens and ${given?.length} coefficients`);
}
