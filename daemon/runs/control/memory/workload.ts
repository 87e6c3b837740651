import type { AdapterRef } from "../../../engine/engine.ts";
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

/** What an engine's memory depends on, whichever engine. */
export interface Workload {
  readonly shape: LlamaShape;
  readonly adapter: AdapterRef | undefined;
  /**
   * The reference policy: `start`, the model as it is opened, on which an adapter begins as the identity; `adapter`, that model with
   * the adapter that a stage began with; `model`, another model than the one that is opened.
   */
  readonly reference: "start" | "adapter" | "model";
  /** Frozen copies of the trained weights that are held at once: the opponents of a game. */
  readonly snapshots: number;
  /** Queries of a round, N, and its answers, N·G. */
  readonly queries: number;
  readonly answers: number;
  /** Of a query with its prompt, and of an answer at most. */
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** `engine.micro_batch_tokens`; undefined: the engine chooses. */
  readonly microBatchTokens: number | undefined;
  /** The model's safetensors files, bytes. */
  readonly fileBytes: number;
}

/** How many weights a workload has: all of the model, those that are trained. */
export function weightsOf({ shape, adapter }: Pick<Workload, "shape" | "adapter">): { all: number; trained: number } {
  const all = elements(modelParameters(shape));
  return { all, trained: adapter ? elements(adapterParameters(shape, adapter)) : all };
}

/** Bytes of all parts together. */
export function totalBytes(parts: readonly MemoryPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Parts as people are told of them: whole bytes, and none that is empty. */
export function tidy(parts: readonly MemoryPart[]): MemoryPart[] {
  return parts.map(({ what, bytes }) => ({ what, bytes: Math.round(bytes) })).filter(({ bytes }) => bytes > 0);
}

function elements(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
