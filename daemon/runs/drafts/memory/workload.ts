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

/** Sequences that are written together. */
export interface Call {
  /** Prompts and sequences. */
  readonly queries: number;
  readonly answers: number;
  /** Of a prompt, and of what is written at most. */
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** They are learned from, too. */
  readonly trained: boolean;
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
  /** What else is asked of the model in a round. */
  readonly others: readonly Call[];
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

/** A workload for each call of a round, the Solver's first: the same but for what is asked. */
export function callsOf<W extends Workload>(
  workload: W,
): { readonly trained: readonly W[]; readonly written: readonly W[] } {
  const others = workload.others.map((call) => ({ call, asked: { ...workload, ...call, others: [] } }));
  return {
    trained: [workload, ...others.filter(({ call }) => call.trained).map(({ asked }) => asked)],
    written: [workload, ...others.map(({ asked }) => asked)],
  };
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
