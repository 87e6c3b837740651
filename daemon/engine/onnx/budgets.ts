import type { LlamaShape } from "./llama/shape.ts";

/** Answers that decode side by side at most: beyond this nano gains nothing. */
const maxRows = 256;

/** Memory that the keys and values of answers being written may take, bytes. */
const cacheBudget = 1e9;

/** Memory that one micro-batch's activations may take, bytes: what `microBatchTokens: 0` aims at. */
const activationBudget = 1.5e9;

/** Padded tokens of a micro-batch at most, which only small models reach within the budget. */
export const maxMicroBatch = 2048;

/** What one token leaves behind in every layer, and its logits with their gradient: bytes of forward and backward. */
export function activationBytesPerToken(shape: LlamaShape): number {
  const layer = 20 * shape.hidden + 9 * shape.intermediate + 6 * shape.heads * shape.headSize;
  return 4 * (shape.layers * layer + 5 * shape.vocabulary);
}

/** Padded tokens of a micro-batch that keeps its activations within the budget. */
export function automaticMicroBatch(shape: LlamaShape): number {
  return Math.min(maxMicroBatch, Math.max(64, Math.floor(activationBudget / activationBytesPerToken(shape))));
}

/** Bytes of one answer's keys and values, for `capacity` tokens. */
export function cacheBytesPerRow({ layers, kvHeads, headSize }: LlamaShape, capacity: number): number {
  return 2 * 4 * layers * kvHeads * headSize * capacity;
}

/** Answers that decode side by side within the budget: a power of two, so that few programs are built. */
export function decodedRows(shape: LlamaShape, capacity: number): number {
  return Math.min(maxRows, largestPower(cacheBudget / cacheBytesPerRow(shape, capacity)));
}

/** The largest power of two that is not above n, 1 at least. */
export function largestPower(n: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, n)));
}
