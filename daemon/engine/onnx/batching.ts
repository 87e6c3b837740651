import type { Sequence } from "../engine.ts";
import type { SequenceBucket } from "./llama/programs.ts";

/** A micro-batch, laid out for the programs of llama/programs.ts. */
export interface MicroBatch {
  readonly bucket: SequenceBucket;
  /** Which sequences of the call it holds, in row order. */
  readonly indices: readonly number[];
  readonly tokens: Int32Array;
  readonly rows: Int32Array;
  readonly targets: Int32Array;
}

/** Rounds a length up to the next bucket: steps of 4 to 32, of 16 to 128, of 64 beyond. Few shapes, little padding. */
export function lengthBucket(length: number): number {
  const step = length <= 32 ? 4 : length <= 128 ? 16 : 64;
  return Math.ceil(length / step) * step;
}

/** The smallest power of two that is not below n. */
export function powerOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, n)));
}

/**
 * Cuts a batch into micro-batches of at most `maxTokens` padded tokens (one sequence at least), longest first, so that
 * sequences of like length share one. The plan depends on the lengths alone.
 */
export function microBatches(sequences: readonly Sequence[], maxTokens: number, maxPositions: number): MicroBatch[] {
  // The last response token is predicted, never read.
  const inputLength = (sequence: Sequence): number => sequence.prompt.length + sequence.response.length - 1;
  const order = sequences.map((_, index) => index);
  order.sort((a, b) => inputLength(sequences[b]) - inputLength(sequences[a]) || a - b);

  const batches: MicroBatch[] = [];
  for (let start = 0; start < order.length; ) {
    const length = Math.min(lengthBucket(inputLength(sequences[order[start]])), maxPositions);
    const room = Math.max(1, 2 ** Math.floor(Math.log2(Math.max(1, maxTokens / length))));
    const indices = order.slice(start, start + room);
    start += indices.length;
    batches.push(layOut(sequences, indices, length));
  }
  return batches;
}

function layOut(sequences: readonly Sequence[], indices: readonly number[], length: number): MicroBatch {
  const longest = Math.max(...indices.map((index) => sequences[index].response.length));
  const bucket = { batch: powerOfTwo(indices.length), length, responses: Math.min(lengthBucket(longest), length) };
  const tokens = new Int32Array(bucket.batch * length);
  const rows = new Int32Array(bucket.batch * bucket.responses);
  const targets = new Int32Array(bucket.batch * bucket.responses);
  for (const [row, index] of indices.entries()) {
    const { prompt, response } = sequences[index];
    const base = row * length;
    for (let i = 0; i < prompt.length; i++) tokens[base + i] = prompt[i];
    for (let t = 0; t < response.length; t++) {
      if (t < response.length - 1) tokens[base + prompt.length + t] = response[t];
      rows[row * bucket.responses + t] = base + prompt.length - 1 + t;
      targets[row * bucket.responses + t] = response[t];
    }
  }
  return { bucket, indices, tokens, rows, targets };
}
