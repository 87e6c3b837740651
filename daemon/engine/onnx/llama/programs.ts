import type { AdapterRef } from "../../engine.ts";
import { gradients } from "../autodiff/autodiff.ts";
import { Graph, type Value } from "../graph/graph.ts";
import { rows, targetLogprob } from "../graph/ops.ts";
import { cachedStep, fullPass, logitsOf, Weights } from "./decoder.ts";
import type { LlamaShape } from "./shape.ts";

/** A compiled-to-ONNX program: its bytes, and which weights it reads. */
export interface Program {
  readonly bytes: Uint8Array;
  readonly weights: readonly string[];
}

export interface ProgramOptions {
  readonly shape: LlamaShape;
  readonly adapter: AdapterRef | undefined;
  readonly contrib?: boolean;
}

/** Extents of a batch of whole sequences: sequences, tokens a sequence, response tokens a sequence. */
export interface SequenceBucket {
  readonly batch: number;
  readonly length: number;
  readonly responses: number;
}

function finish(graph: Graph, weights: Weights): Program {
  return { bytes: graph.encode(), weights: [...weights.inputs.keys()] };
}

/**
 * Log-probabilities of response tokens. Inputs: `tokens` int32 [B·L]; `rows` int32 [B·R], the flat index of the hidden
 * state that predicts each response token; `targets` int32 [B·R]; `inverse_temperature` []. Output `logprobs` [B·R].
 */
function scoring(graph: Graph, weights: Weights, { shape }: ProgramOptions, bucket: SequenceBucket): Value {
  const { batch, length, responses } = bucket;
  const tokens = graph.input("tokens", "int32", [batch * length]);
  const picked = graph.input("rows", "int32", [batch * responses]);
  const targets = graph.input("targets", "int32", [batch * responses]);
  const inverseTemperature = graph.input("inverse_temperature", "float32", []);
  const { hidden } = fullPass(graph, weights, shape, tokens, batch, length);
  const logits = logitsOf(weights, shape, rows(hidden, picked));
  const logprobs = targetLogprob(logits, targets, inverseTemperature);
  graph.output("logprobs", logprobs);
  return logprobs;
}

/** See `scoring`. */
export function scoreProgram(options: ProgramOptions, bucket: SequenceBucket): Program {
  const graph = new Graph(options);
  const weights = new Weights(graph, options.shape, options.adapter);
  scoring(graph, weights, options, bucket);
  return finish(graph, weights);
}

/**
 * Forward and backward: as `scoring`, with `coefficients` float32 [B·R] as dL/dlogp. Further outputs: `grad.<name>` for
 * each trainable weight.
 */
export function trainProgram(options: ProgramOptions, bucket: SequenceBucket, trainable: readonly string[]): Program {
  const graph = new Graph(options);
  const weights = new Weights(graph, options.shape, options.adapter);
  const coefficients = graph.input("coefficients", "float32", [bucket.batch * bucket.responses]);
  const logprobs = scoring(graph, weights, options, bucket);
  const wanted = trainable.map((name) => weights.get(name));
  for (const [index, gradient] of gradients(graph, logprobs, coefficients, wanted).entries()) {
    graph.output(`grad.${trainable[index]}`, gradient);
  }
  return finish(graph, weights);
}

/**
 * Prompts, all at once. Inputs: `tokens` int32 [B·L]; `last` int32 [B], the flat index of each prompt's last token.
 * Outputs: `logits` [B, V]; `keys.<layer>` and `values.<layer>` [B, kvHeads, L, headSize].
 */
export function prefillProgram(options: ProgramOptions, batch: number, length: number): Program {
  const graph = new Graph(options);
  const weights = new Weights(graph, options.shape, options.adapter);
  const tokens = graph.input("tokens", "int32", [batch * length]);
  const last = graph.input("last", "int32", [batch]);
  const { hidden, keys, values } = fullPass(graph, weights, options.shape, tokens, batch, length);
  graph.output("logits", logitsOf(weights, options.shape, rows(hidden, last)));
  for (const [layer, key] of keys.entries()) {
    graph.output(`keys.${layer}`, key);
    graph.output(`values.${layer}`, values[layer]);
  }
  return finish(graph, weights);
}

/**
 * One token a sequence. Inputs: `tokens` int32 [B]; `positions` int64 [B, 1]; `mask` [B, 1, 1, C]; `keys.<layer>`,
 * `values.<layer>` [B, kvHeads, C, headSize]. Outputs: `logits` [B, V]; `new_keys`, `new_values`
 * [layers, B, kvHeads, 1, headSize].
 */
export function decodeProgram(options: ProgramOptions, batch: number, capacity: number): Program {
  const { shape } = options;
  const graph = new Graph(options);
  const weights = new Weights(graph, shape, options.adapter);
  const tokens = graph.input("tokens", "int32", [batch]);
  const positions = graph.input("positions", "int64", [batch, 1]);
  const mask = graph.input("mask", "float32", [batch, 1, 1, capacity]);
  const extent = [batch, shape.kvHeads, capacity, shape.headSize];
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const keys = layers.map((layer) => graph.input(`keys.${layer}`, "float32", extent));
  const values = layers.map((layer) => graph.input(`values.${layer}`, "float32", extent));
  const step = cachedStep(graph, weights, shape, tokens, batch, capacity, { keys, values, mask, positions });
  graph.output("logits", logitsOf(weights, shape, step.hidden));
  graph.output("new_keys", step.newKeys);
  graph.output("new_values", step.newValues);
  return finish(graph, weights);
}
