import type { Tensor } from "onnxruntime-node";
import type { LlamaShape } from "../llama/shape.ts";
import { float32 } from "../runtime/sessions.ts";

/** Added to the score of an empty slot; its probability is then exactly 0. */
const empty = -1e9;

/**
 * Keys and values of rows that decode side by side: per layer [rows, kvHeads, capacity, headSize], in memory that the
 * decode program reads in place.
 */
export class KeyValueCache {
  rows: number;
  readonly #shape: LlamaShape;
  readonly #capacity: number;
  readonly #keys: Float32Array[];
  readonly #values: Float32Array[];
  readonly #mask: Float32Array;
  readonly #lengths: Int32Array;

  constructor(shape: LlamaShape, rows: number, capacity: number) {
    const size = rows * shape.kvHeads * capacity * shape.headSize;
    this.rows = rows;
    this.#shape = shape;
    this.#capacity = capacity;
    this.#keys = Array.from({ length: shape.layers }, () => new Float32Array(size));
    this.#values = Array.from({ length: shape.layers }, () => new Float32Array(size));
    this.#mask = new Float32Array(rows * capacity).fill(empty);
    this.#lengths = new Int32Array(rows);
  }

  #rowSize(): number {
    return this.#shape.kvHeads * this.#capacity * this.#shape.headSize;
  }

  /** Whether it can serve so many rows of that capacity, after `clear`. */
  fits(rows: number, capacity: number): boolean {
    return this.#mask.length === rows * capacity && this.#capacity === capacity;
  }

  /**
   * Empties all rows, of which there are as many as at the start again. Zeros everywhere, because a NaN that a diverged
   * policy left in an empty slot would come through the mask.
   */
  clear(): void {
    this.rows = this.#mask.length / this.#capacity;
    for (const memory of [...this.#keys, ...this.#values]) memory.fill(0);
    this.#mask.fill(empty);
    this.#lengths.fill(0);
  }

  /** Copies a prefilled prompt into a row. `keys` and `values` are per layer [·, kvHeads, sourceLength, headSize]. */
  fill(
    row: number,
    length: number,
    keys: readonly Float32Array[],
    values: readonly Float32Array[],
    sourceRow: number,
    sourceLength: number,
  ): void {
    const { kvHeads, headSize, layers } = this.#shape;
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < kvHeads; head++) {
        const from = (sourceRow * kvHeads + head) * sourceLength * headSize;
        const to = (row * kvHeads + head) * this.#capacity * headSize;
        this.#keys[layer].set(keys[layer].subarray(from, from + length * headSize), to);
        this.#values[layer].set(values[layer].subarray(from, from + length * headSize), to);
      }
    }
    this.#lengths[row] = length;
    this.#mask.fill(0, row * this.#capacity, row * this.#capacity + length);
  }

  /** Appends one token's keys and values ([layers, rows, kvHeads, 1, headSize]) to some rows. */
  append(rows: readonly number[], newKeys: Float32Array, newValues: Float32Array): void {
    const { kvHeads, headSize, layers } = this.#shape;
    for (let layer = 0; layer < layers; layer++) {
      const keys = this.#keys[layer];
      const values = this.#values[layer];
      for (const row of rows) {
        const slot = this.#lengths[row];
        if (slot >= this.#capacity) continue;
        for (let head = 0; head < kvHeads; head++) {
          const from = ((layer * this.rows + row) * kvHeads + head) * headSize;
          const to = ((row * kvHeads + head) * this.#capacity + slot) * headSize;
          for (let i = 0; i < headSize; i++) {
            keys[to + i] = newKeys[from + i];
            values[to + i] = newValues[from + i];
          }
        }
      }
    }
    for (const row of rows) {
      const slot = this.#lengths[row];
      if (slot < this.#capacity) this.#mask[row * this.#capacity + slot] = 0;
      this.#lengths[row] = slot + 1;
    }
  }

  /** Keeps only the given rows, in this order (ascending), and shrinks to the next power of two. */
  compact(keep: readonly number[]): void {
    const size = this.#rowSize();
    for (const [to, from] of keep.entries()) {
      if (to === from) continue;
      for (const cache of [...this.#keys, ...this.#values]) cache.copyWithin(to * size, from * size, (from + 1) * size);
      this.#mask.copyWithin(to * this.#capacity, from * this.#capacity, (from + 1) * this.#capacity);
      this.#lengths[to] = this.#lengths[from];
    }
    this.rows = 2 ** Math.ceil(Math.log2(keep.length));
  }

  /** Each row's next position. Rows that have ended stay within the decode program's tables. */
  positions(): BigInt64Array {
    const last = this.#capacity - 1;
    return BigInt64Array.from({ length: this.rows }, (_, row) => BigInt(Math.min(this.#lengths[row], last)));
  }

  get mask(): Float32Array {
    return this.#mask.subarray(0, this.rows * this.#capacity);
  }

  /** The decode program's `keys.<layer>` and `values.<layer>`. */
  feeds(): Record<string, Tensor> {
    const { kvHeads, headSize } = this.#shape;
    const extent = [this.rows, kvHeads, this.#capacity, headSize];
    const size = this.rows * this.#rowSize();
    const feeds: Record<string, Tensor> = {};
    for (const [layer, keys] of this.#keys.entries()) {
      feeds[`keys.${layer}`] = float32(keys.subarray(0, size), extent);
      feeds[`values.${layer}`] = float32(this.#values[layer].subarray(0, size), extent);
    }
    return feeds;
  }
}
