import type { DecoderConfig, Llama3RopeScaling } from "../../../models/config.ts";
import type { AdapterRef, LoraTarget } from "../../engine.ts";

/** What fixes a decoder of the Llama family: its tensors' sizes, and the few things in which Qwen2 and Qwen3 differ. */
export interface LlamaShape {
  readonly hidden: number;
  readonly intermediate: number;
  readonly layers: number;
  readonly heads: number;
  /** Key/value heads; fewer than `heads` means grouped-query attention. */
  readonly kvHeads: number;
  /** Not always hidden / heads. */
  readonly headSize: number;
  readonly vocabulary: number;
  readonly maxPositions: number;
  readonly ropeTheta: number;
  /** Llama 3's stretching of the slow rotary frequencies; absent for plain rotary embeddings. */
  readonly ropeScaling: Llama3RopeScaling | undefined;
  readonly normEpsilon: number;
  /** The output projection is the embedding's transpose. */
  readonly tiedEmbeddings: boolean;
  /** The projections to queries, keys and values add a bias, as Qwen2's do. */
  readonly attentionBias: boolean;
  /** Queries and keys are normalised head by head before they are rotated, as Qwen3's are. */
  readonly qkNorm: boolean;
}

/** The engine's short names for what config.json says. */
export function shapeOf(config: DecoderConfig): LlamaShape {
  return {
    hidden: config.hiddenSize,
    intermediate: config.intermediateSize,
    layers: config.numHiddenLayers,
    heads: config.numAttentionHeads,
    kvHeads: config.numKeyValueHeads,
    headSize: config.headDim,
    vocabulary: config.vocabSize,
    maxPositions: config.maxPositionEmbeddings,
    ropeTheta: config.ropeTheta,
    normEpsilon: config.rmsNormEps,
    ropeScaling: config.ropeScaling,
    tiedEmbeddings: config.tieWordEmbeddings,
    attentionBias: config.attentionBias,
    qkNorm: config.qkNorm,
  };
}

/** A weight tensor under its Hugging Face name. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
}

export const embedding = "model.embed_tokens.weight";
export const finalNorm = "model.norm.weight";
export const queryNorm = "self_attn.q_norm";
export const keyNorm = "self_attn.k_norm";

/** The output projection's weight. */
export function outputWeight(shape: LlamaShape): string {
  return shape.tiedEmbeddings ? embedding : "lm_head.weight";
}

/** Name of a layer's weight, e.g. `layerWeight(0, "self_attn.q_proj")`. */
export function layerWeight(layer: number, module: string): string {
  return `model.layers.${layer}.${module}.weight`;
}

/** Name of a projection's bias, for those that have one. */
export function layerBias(layer: number, module: string): string {
  return `model.layers.${layer}.${module}.bias`;
}

/** Whether a projection adds a bias. */
export function hasBias(shape: LlamaShape, target: LoraTarget): boolean {
  return shape.attentionBias && (target === "q_proj" || target === "k_proj" || target === "v_proj");
}

/** The seven projections of a layer: where each lies and its [out, in]. */
export function projections(shape: LlamaShape): Record<LoraTarget, { module: string; shape: [number, number] }> {
  const { hidden, intermediate } = shape;
  const queries = shape.heads * shape.headSize;
  const keys = shape.kvHeads * shape.headSize;
  return {
    q_proj: { module: "self_attn.q_proj", shape: [queries, hidden] },
    k_proj: { module: "self_attn.k_proj", shape: [keys, hidden] },
    v_proj: { module: "self_attn.v_proj", shape: [keys, hidden] },
    o_proj: { module: "self_attn.o_proj", shape: [hidden, queries] },
    gate_proj: { module: "mlp.gate_proj", shape: [intermediate, hidden] },
    up_proj: { module: "mlp.up_proj", shape: [intermediate, hidden] },
    down_proj: { module: "mlp.down_proj", shape: [hidden, intermediate] },
  };
}

/** All weights of the model, in the order in which they lie in memory. */
export function modelParameters(shape: LlamaShape): Parameter[] {
  const parameters: Parameter[] = [{ name: embedding, shape: [shape.vocabulary, shape.hidden] }];
  for (let layer = 0; layer < shape.layers; layer++) {
    parameters.push({ name: layerWeight(layer, "input_layernorm"), shape: [shape.hidden] });
    for (const [target, { module, shape: extent }] of Object.entries(projections(shape))) {
      parameters.push({ name: layerWeight(layer, module), shape: extent });
      if (hasBias(shape, target as LoraTarget)) parameters.push({ name: layerBias(layer, module), shape: [extent[0]] });
    }
    if (shape.qkNorm) {
      parameters.push({ name: layerWeight(layer, queryNorm), shape: [shape.headSize] });
      parameters.push({ name: layerWeight(layer, keyNorm), shape: [shape.headSize] });
    }
    parameters.push({ name: layerWeight(layer, "post_attention_layernorm"), shape: [shape.hidden] });
  }
  parameters.push({ name: finalNorm, shape: [shape.hidden] });
  if (!shape.tiedEmbeddings) parameters.push({ name: "lm_head.weight", shape: [shape.vocabulary, shape.hidden] });
  return parameters;
}

/** Names of a projection's adapter matrices, as PEFT writes them without its `base_model.model.` prefix. */
export function adapterNames(layer: number, module: string): { a: string; b: string } {
  const prefix = `model.layers.${layer}.${module}`;
  return { a: `${prefix}.lora_A.weight`, b: `${prefix}.lora_B.weight` };
}

/** A LoRA adapter's weights: A [rank, in] and B [out, rank] for each target of each layer. */
export function adapterParameters(shape: LlamaShape, adapter: AdapterRef): Parameter[] {
  const parameters: Parameter[] = [];
  for (let layer = 0; layer < shape.layers; layer++) {
    for (const target of adapter.targets) {
      const {
        module,
        shape: [out, inner],
      } = projections(shape)[target];
      const { a, b } = adapterNames(layer, module);
      parameters.push({ name: a, shape: [adapter.rank, inner] }, { name: b, shape: [out, adapter.rank] });
    }
  }
  return parameters;
}
