import { adapterScale } from "../../adapter.ts";
import type { AdapterRef, LoraTarget } from "../../engine.ts";
import type { Graph, Value } from "../graph/graph.ts";
import {
  add,
  concat,
  linear,
  matmul,
  mul,
  type RotaryTables,
  reshape,
  rmsNorm,
  rotary,
  rows,
  slice,
  softmax,
  swiglu,
  transpose,
} from "../graph/ops.ts";
import { rotaryTables } from "./rotary.ts";
import {
  adapterNames,
  adapterParameters,
  embedding,
  finalNorm,
  hasBias,
  keyNorm,
  type LlamaShape,
  layerBias,
  layerWeight,
  modelParameters,
  outputWeight,
  projections,
  queryNorm,
} from "./shape.ts";

/** Large enough to give probability 0, small enough to stay finite when added to a score. */
const masked = -1e9;

/**
 * How a block's attention finds its keys and values; everything else of the decoder is the same everywhere.
 * q, k, v are [batch, length, heads·headSize]; the result has q's elements in q's order.
 */
type Attention = (layer: number, q: Value, k: Value, v: Value) => Value;

/** A model's weights as inputs of a graph, declared when first used. */
export class Weights {
  readonly inputs = new Map<string, Value>();
  readonly #graph: Graph;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly adapter: AdapterRef | undefined;

  constructor(graph: Graph, shape: LlamaShape, adapter: AdapterRef | undefined) {
    this.#graph = graph;
    this.adapter = adapter;
    const parameters = [...modelParameters(shape), ...(adapter ? adapterParameters(shape, adapter) : [])];
    this.#shapes = new Map(parameters.map((parameter) => [parameter.name, parameter.shape]));
  }

  get(name: string): Value {
    let value = this.inputs.get(name);
    if (!value) {
      value = this.#graph.input(name, "float32", this.#shapes.get(name)!);
      this.inputs.set(name, value);
    }
    return value;
  }

  /** x·Wᵀ, plus its bias where it has one, plus the adapter's s·(x·Aᵀ)·Bᵀ where it targets this projection. */
  project(x: Value, shape: LlamaShape, layer: number, target: LoraTarget): Value {
    const { module } = projections(shape)[target];
    const product = linear(x, this.get(layerWeight(layer, module)));
    const base = hasBias(shape, target) ? add(product, this.get(layerBias(layer, module))) : product;
    if (!this.adapter?.targets.includes(target)) return base;
    const { a, b } = adapterNames(layer, module);
    const update = linear(linear(x, this.get(a)), this.get(b));
    return add(base, mul(update, this.#graph.scalar(adapterScale(this.adapter))));
  }
}

/**
 * The decoder's blocks: tokens → last hidden states (before the output projection, after the final norm).
 * @param tokens int32 [batch·length] · @returns [batch·length, hidden]
 */
function blocks(
  weights: Weights,
  shape: LlamaShape,
  tokens: Value,
  batch: number,
  length: number,
  tables: RotaryTables,
  attention: Attention,
): Value {
  const flat = (x: Value): Value => reshape(x, [batch * length, shape.heads * shape.headSize]);
  /** Queries or keys of a layer: normalised head by head if the model does so, then rotated. */
  const turned = (x: Value, heads: number, norm: string): Value => {
    const width = heads * shape.headSize;
    const perHead = (): Value => reshape(x, [batch * length * heads, shape.headSize]);
    const normed = shape.qkNorm ? rmsNorm(perHead(), weights.get(norm), shape.normEpsilon) : x;
    return rotary(reshape(normed, [batch, length, width]), heads, tables);
  };

  let x = rows(weights.get(embedding), tokens);
  for (let layer = 0; layer < shape.layers; layer++) {
    const normed = rmsNorm(x, weights.get(layerWeight(layer, "input_layernorm")), shape.normEpsilon);
    const q = turned(weights.project(normed, shape, layer, "q_proj"), shape.heads, layerWeight(layer, queryNorm));
    const k = turned(weights.project(normed, shape, layer, "k_proj"), shape.kvHeads, layerWeight(layer, keyNorm));
    const v = reshape(weights.project(normed, shape, layer, "v_proj"), k.shape);
    x = add(x, weights.project(flat(attention(layer, q, k, v)), shape, layer, "o_proj"));

    const inner = rmsNorm(x, weights.get(layerWeight(layer, "post_attention_layernorm")), shape.normEpsilon);
    const gate = weights.project(inner, shape, layer, "gate_proj");
    const up = weights.project(inner, shape, layer, "up_proj");
    x = add(x, weights.project(swiglu(gate, up), shape, layer, "down_proj"));
  }
  return rmsNorm(x, weights.get(finalNorm), shape.normEpsilon);
}

/** [batch, length, heads·size] → [batch, heads, length, size] */
function splitHeads(x: Value, heads: number): Value {
  const [batch, length, width] = x.shape as [number, number, number];
  return transpose(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

export interface FullPass {
  /** [batch·length, hidden] */
  readonly hidden: Value;
  /** Per layer, [batch, kvHeads, length, headSize], rotated. */
  readonly keys: readonly Value[];
  readonly values: readonly Value[];
}

/**
 * The whole sequence at once, with causal attention. Sequences are padded on the right: what follows a token can't
 * influence it, so padding needs no mask.
 * @param tokens int32 [batch·length]
 */
export function fullPass(
  graph: Graph,
  weights: Weights,
  shape: LlamaShape,
  tokens: Value,
  batch: number,
  length: number,
): FullPass {
  const group = shape.heads / shape.kvHeads;
  // The queries of one key/value head lie below each other: row r·length + i is position i.
  const mask = Float32Array.from({ length: group * length * length }, (_, cell) =>
    cell % length > Math.floor(cell / length) % length ? masked : 0,
  );
  const causal = graph.constant(mask, [group * length, length]);
  const keys: Value[] = [];
  const values: Value[] = [];
  const positions = graph.constant(
    BigInt64Array.from({ length: batch * length }, (_, i) => BigInt(i % length)),
    [batch, length],
  );
  const tables = rotaryTables(graph, shape, positions, length);
  const hidden = blocks(weights, shape, tokens, batch, length, tables, (_, q, k, v) => {
    const keysByHead = splitHeads(k, shape.kvHeads);
    const valuesByHead = splitHeads(v, shape.kvHeads);
    keys.push(keysByHead);
    values.push(valuesByHead);
    const queries = reshape(splitHeads(q, shape.heads), [batch, shape.kvHeads, group * length, shape.headSize]);
    const scores = matmul(queries, keysByHead, { transposeB: true, scale: shape.headSize ** -0.5 });
    const mixed = matmul(softmax(add(scores, causal)), valuesByHead);
    return transpose(reshape(mixed, [batch, shape.heads, length, shape.headSize]), [0, 2, 1, 3]);
  });
  return { hidden, keys, values };
}

/** Logits of some rows of the hidden states: [n, vocabulary]. */
export function logitsOf(weights: Weights, shape: LlamaShape, hidden: Value): Value {
  return linear(hidden, weights.get(outputWeight(shape)));
}

export interface CachedStep {
  /** [batch, hidden] */
  readonly hidden: Value;
  /** The new token's keys and values, [layers, batch, kvHeads, headSize]. */
  readonly newKeys: Value;
  readonly newValues: Value;
}

/** What a decoding step reads of the past. */
export interface Cache {
  /** Per layer, [batch, kvHeads, capacity, headSize]. */
  readonly keys: readonly Value[];
  readonly values: readonly Value[];
  /** 0 for a filled slot, −10⁹ for an empty one: [batch, 1, 1, capacity]. */
  readonly mask: Value;
  /** The new token's position, below the capacity; int64 [batch, 1]. */
  readonly positions: Value;
}

/**
 * One token a sequence, with the keys and values of the past as inputs. The new token's own key and value never go
 * through the cache inside the graph: its score is appended, so that only the new rows have to be copied out.
 * @param tokens int32 [batch]
 */
export function cachedStep(
  graph: Graph,
  weights: Weights,
  shape: LlamaShape,
  tokens: Value,
  batch: number,
  capacity: number,
  cache: Cache,
): CachedStep {
  const group = shape.heads / shape.kvHeads;
  const scale = shape.headSize ** -0.5;
  const newKeys: Value[] = [];
  const newValues: Value[] = [];
  const perHead = [batch, shape.kvHeads, 1, shape.headSize];
  const tables = rotaryTables(graph, shape, cache.positions, capacity);
  const hidden = blocks(weights, shape, tokens, batch, 1, tables, (layer, q, k, v) => {
    const queries = reshape(q, [batch, shape.kvHeads, group, shape.headSize]);
    const [key, value] = [reshape(k, perHead), reshape(v, perHead)];
    newKeys.push(reshape(key, [1, ...perHead]));
    newValues.push(reshape(value, [1, ...perHead]));
    const past = add(matmul(queries, cache.keys[layer], { transposeB: true, scale }), cache.mask);
    const own = matmul(queries, key, { transposeB: true, scale });
    const weightsOf = softmax(concat([past, own], 3));
    const mixed = add(
      matmul(slice(weightsOf, 3, 0, capacity), cache.values[layer]),
      mul(slice(weightsOf, 3, capacity, capacity + 1), value),
    );
    return mixed;
  });
  return { hidden, newKeys: concat(newKeys, 0), newValues: concat(newValues, 0) };
}
