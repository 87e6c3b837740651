import { epochOrder, iterationRecords, permutation, type Uniform } from "../../data/order.ts";
import { streamUniform } from "../../engine/random.ts";
import type { Iteration } from "./iterations.ts";

/** The draws that choose held-out records: built-in data use blocks 0 and 1 of the same stream. */
const heldOutBlock = 2;

/** Which records are trained on and which are measured, by their indices in the data. */
export interface Split {
  readonly training: Uint32Array;
  readonly heldOut: Uint32Array;
}

/** Sets records aside, by the seed: `wanted`, but at most a tenth of all. */
export function splitOf(count: number, wanted: number, seed: number): Split {
  const heldOut = Math.min(wanted, Math.floor(count / 10));
  const order = permutation(count, heldOutBlock, (i) => streamUniform(seed, "data", i));
  return { heldOut: order.subarray(0, heldOut), training: order.subarray(heldOut).toSorted() };
}

/** The records of a round. */
export interface Batch {
  /** Indices in the data, in the order of the units. */
  readonly records: readonly number[];
  /** Passes over the iteration's records that were finished when the round began, the fraction included. */
  readonly epoch: number;
}

/**
 * Deals the records of rounds: each iteration goes through its records in a new random order every epoch, and a batch may
 * end one epoch and begin the next. A pure function of seed, iteration and round; it remembers the newest orders only to be fast.
 */
export class Batches {
  readonly #training: Uint32Array;
  readonly #size: number;
  readonly #parts: number;
  readonly #uniform: Uniform;
  #part: { readonly iteration: number; readonly records: Uint32Array } | undefined;
  readonly #orders = new Map<number, Uint32Array>();

  /** @param parts of the data, of which every iteration sees one · @param size records of a batch, at most those of a part */
  constructor(training: Uint32Array, parts: number, size: number, seed: number) {
    this.#training = training;
    this.#parts = parts;
    this.#size = size;
    this.#uniform = (i) => streamUniform(seed, "order", i);
  }

  batchOf(round: number, { iteration, first }: Pick<Iteration, "iteration" | "first">): Batch {
    const records = this.#recordsOf(iteration);
    const begin = (round - first) * this.#size;
    const drawn = Array.from({ length: this.#size }, (_, i) => {
      const epoch = Math.floor((begin + i) / records.length);
      const place = this.#orderOf(first, epoch, records)[(begin + i) % records.length]!;
      return this.#training[place]!;
    });
    return { records: drawn, epoch: begin / records.length };
  }

  #recordsOf(iteration: number): Uint32Array {
    if (this.#part?.iteration !== iteration) {
      const records = iterationRecords(this.#training.length, iteration - 1, this.#parts, this.#uniform);
      this.#part = { iteration, records };
      this.#orders.clear();
    }
    return this.#part.records;
  }

  /**
   * No two epochs of a run have the same number, hence the same draws: a round begins at most one epoch, so an iteration has no
   * more of them than rounds.
   */
  #orderOf(first: number, epoch: number, records: Uint32Array): Uint32Array {
    const number = first - 1 + epoch;
    let order = this.#orders.get(number);
    if (!order) {
      this.#orders.delete(number - 2);
      order = epochOrder(records, number, this.#uniform);
      this.#orders.set(number, order);
    }
    return order;
  }
}
