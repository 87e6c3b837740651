import type { AdapterRef } from "../../../engine/engine.ts";
import { lengthBucket, powerOfTwo } from "../../../engine/onnx/batching.ts";
import {
  activationBytesPerToken,
  automaticMicroBatch,
  cacheBytesPerRow,
  decodedRows,
  largestPower,
  maxMicroBatch,
} from "../../../engine/onnx/budgets.ts";
import { sizeOf } from "../../../engine/onnx/graph/graph.ts";
import {
  adapterParameters,
  type LlamaShape,
  modelParameters,
  type Parameter,
} from "../../../engine/onnx/llama/shape.ts";

/** A part of what a run needs of memory. */
export interface MemoryPart {
  readonly what: string;
  readonly bytes: number;
}

/** What the embedded engine's memory depends on. */
export interface Workload {
  readonly shape: LlamaShape;
  readonly adapter: AdapterRef | undefined;
  /** The reference policy is another model than the one that is opened. */
  readonly hasOwnReference: boolean;
  /** Answers of a round, N·G. */
  readonly answers: number;
  /** Of a query with its prompt, and of an answer at most. */
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** `engine.micro_batch_tokens`; undefined: the engine chooses. */
  readonly microBatchTokens: number | undefined;
  /** The model's safetensors files, bytes. */
  readonly fileBytes: number;
}

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
export function memoryParts(workload: Workload): MemoryPart[] {
  const { shape, adapter, hasOwnReference, fileBytes } = workload;
  const all = float * elements(modelParameters(shape));
  const trained = adapter ? float * elements(adapterParameters(shape, adapter)) : all;
  const weights = adapter ? all + trained : all;
  // Without an adapter the reference is a copy of all weights; with one it shares those that don't change.
  const reference = adapter ? trained + (hasOwnReference ? all : 0) : all;
  const parts = [
    { what: "weights", bytes: weights },
    { what: "weights of the reference", bytes: reference },
    { what: "gradient, and a micro-batch's", bytes: 2 * trained },
    { what: "AdamW's moments, and their copy while they are saved", bytes: 4 * trained },
    { what: "activations of a micro-batch", bytes: activationBytes(workload) },
    { what: "keys and values of answers being written", bytes: cacheBytes(workload) },
    { what: "runtime", bytes: runtimeBytes },
  ];
  const training = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  // While a model is opened, its files are in memory beside the weights that are made of them.
  const opening = runtimeBytes + fileBytes + weights + reference;
  const more = { what: "the model's files while it is opened", bytes: opening - training };
  return [...parts, ...(more.bytes > 0 ? [more] : [])].map(({ what, bytes }) => ({ what, bytes: Math.round(bytes) }));
}

function elements(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0);
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
