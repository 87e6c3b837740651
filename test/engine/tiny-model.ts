import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LlamaShape, modelParameters } from "../../daemon/engine/onnx/llama/shape.ts";
import { streamNormal } from "../../daemon/engine/random.ts";
import { writeSafetensors } from "../../daemon/models/safetensors.ts";

/** A small Llama with grouped-query attention and an untied output layer: every path of the decoder. */
export const tinyShape: LlamaShape = {
  hidden: 32,
  intermediate: 48,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headSize: 8,
  vocabulary: 11,
  maxPositions: 24,
  ropeTheta: 10000,
  ropeScaling: undefined,
  normEpsilon: 1e-5,
  tiedEmbeddings: false,
  attentionBias: false,
  qkNorm: false,
};

/** As Qwen2: biases on queries, keys and values, and a tied output layer. */
export const tinyQwen2: LlamaShape = { ...tinyShape, attentionBias: true, tiedEmbeddings: true };

/** As Qwen3: queries and keys normalised head by head, and heads wider than hidden / heads. */
export const tinyQwen3: LlamaShape = { ...tinyShape, qkNorm: true, headSize: 16 };

function architectureOf(shape: LlamaShape): string {
  return shape.qkNorm ? "Qwen3ForCausalLM" : shape.attentionBias ? "Qwen2ForCausalLM" : "LlamaForCausalLM";
}

/** Writes a model folder with seeded random weights, large enough that logits differ. */
export async function writeTinyModel(dir: string, shape: LlamaShape = tinyShape, seed = 1): Promise<string> {
  mkdirSync(dir, { recursive: true });
  const config = {
    architectures: [architectureOf(shape)],
    hidden_size: shape.hidden,
    intermediate_size: shape.intermediate,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headSize,
    rms_norm_eps: shape.normEpsilon,
    rope_theta: shape.ropeTheta,
    vocab_size: shape.vocabulary,
    max_position_embeddings: shape.maxPositions,
    tie_word_embeddings: shape.tiedEmbeddings,
    hidden_act: "silu",
  };
  writeFileSync(join(dir, "config.json"), JSON.stringify(config, null, 2));
  let index = 0;
  const tensors = modelParameters(shape).map((parameter) => {
    const size = parameter.shape.reduce((a, b) => a * b, 1);
    const isNorm = parameter.name.endsWith("norm.weight");
    const deviation = parameter.shape.length === 1 ? 0.2 : 1.2 / Math.sqrt(parameter.shape[1]);
    const data = Float32Array.from({ length: size }, () => {
      return (isNorm ? 1 : 0) + deviation * streamNormal(seed, "pretraining", index++);
    });
    return [parameter.name, { dtype: "F32" as const, shape: parameter.shape, data }] as const;
  });
  await writeSafetensors(join(dir, "model.safetensors"), new Map(tensors));
  return dir;
}
