import { lengthBucket, powerOfTwo } from "../../../engine/onnx/batching.ts";
import {
  activationBytesPerToken,
  automaticMicroBatch,
  cacheBytesPerRow,
  decodedRows,
  largestPower,
  maxMicroBatch,
} from "../../../engine/onnx/budgets.ts";
import type { LlamaShape } from "../../../engine/onnx/llama/shape.ts";
import { callsOf, type MemoryPart, tidy, totalBytes, type Workload, weightsOf } from "./workload.ts";

const float = 4;

/** Node, ONNX Runtime and its programs, without any model: measured, bytes. */
const runtimeBytes = 115e6;

/**
 * Of the activations that `activationBytesPerToken` counts, the share that is there at once [measured]. A small model's programs keep their
 * memory, two of them at their largest; a large model's give it back, and free most activations while they compute.
 */
const keptShare = 2;
const freedShare = 0.45;

/**
 * The peak memory of the embedded engine's process, in parts that add up to it. Weights, gradients and moments follow from the
 * shape of the model; activations and caches from how the engine plans its batches, times what was measured of them.
 */
export function onnxParts(workload: Workload): MemoryPart[] {
  const { adapter, reference: kind, snapshots, fileBytes } = workload;
  const { all, trained } = scaled(float, weightsOf(workload));
  const calls = callsOf(workload);
  const weights = adapter ? all + trained : all;
  // Without an adapter the reference is a copy of all weights; with one it shares those that don't change.
  const reference = adapter ? trained + (kind === "model" ? all : 0) : all;
  const parts = [
    { what: "weights", bytes: weights },
    { what: "weights of the reference", bytes: reference },
    { what: "weights of opponents", bytes: snapshots * trained },
    { what: "gradient, and a micro-batch's", bytes: 2 * trained },
    { what: "AdamW's moments, and their copy while they are saved", bytes: 4 * trained },
    { what: "activations of a micro-batch", bytes: Math.max(...calls.trained.map(activationBytes)) },
    { what: "keys and values of answers being written", bytes: Math.max(...calls.written.map(cacheBytes)) },
    { what: "runtime", bytes: runtimeBytes },
  ];
  const training = totalBytes(parts);
  // While a model is opened, its files are in memory beside the weights that are made of them.
  const opening = runtimeBytes + fileBytes + weights + reference;
  return tidy([...parts, { what: "the model's files while it is opened", bytes: Math.max(0, opening - training) }]);
}

function scaled(by: number, { all, trained }: ReturnType<typeof weightsOf>): ReturnType<typeof weightsOf> {
  return { all: by * all, trained: by * trained };
}

/** What the engine leaves out of that: its attention scores and probabilities, one a head and token of its sequence. */
function attentionBytesPerToken({ layers, heads }: LlamaShape, length: number): number {
  return float * layers * 2 * heads * length;
}

function activationBytes({ shape, answers, promptTokens, answerTokens, microBatchTokens }: Workload): number {
  const perToken = activationBytesPerToken(shape);
  const automatic = automaticMicroBatch(shape);
  const length = Math.min(lengthBucket(promptTokens + answerTokens), shape.maxPositions);
  const room = largestPower((microBatchTokens ?? automatic) / length);
  const tokens = Math.min(room, powerOfTwo(answers)) * length;
  return (
    (perToken + attentionBytesPerToken(shape, length)) * tokens * (automatic === maxMicroBatch ? keptShare : freedShare)
  );
}

function cacheBytes({ shape, answers, promptTokens, answerTokens }: Workload): number {
  const capacity = Math.min(lengthBucket(promptTokens + answerTokens), shape.maxPositions);
  const rows = Math.min(powerOfTwo(answers), decodedRows(shape, capacity));
  return rows * (cacheBytesPerRow(shape, capacity) + 2 * float * shape.vocabulary);
}
