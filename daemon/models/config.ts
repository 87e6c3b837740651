import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { readJson } from "./json.ts";

/** The shape of a Llama-family decoder: Hugging Face's config.json under its own names, with defaults filled in. */
export interface LlamaConfig {
  readonly hiddenSize: number;
  /** Width of the gated MLP. */
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  /** Fewer than the attention heads in grouped-query attention; divides them. */
  readonly numKeyValueHeads: number;
  /** Even. Not always hiddenSize / numAttentionHeads. */
  readonly headDim: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  readonly vocabSize: number;
  /** Longest sequence, tokens. */
  readonly maxPositionEmbeddings: number;
  /** The output layer is the embedding matrix. */
  readonly tieWordEmbeddings: boolean;
  readonly bosTokenId: number | undefined;
  readonly eosTokenIds: readonly number[];
}

const count = z.number().int().positive();
const tokenId = z.number().int().nonnegative();
export const tokenIdsSchema = z
  .union([tokenId, z.array(tokenId)])
  .nullish()
  .transform((ids) => (ids == null ? [] : [ids].flat()));

/** What is read of config.json; the rest doesn't change the computation. Defaults are those of transformers' LlamaConfig. */
const configSchema = z.object({
  architectures: z.array(z.string()).default([]),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  hidden_act: z.string().default("silu"),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: z.unknown().optional(),
  // transformers 5 writes both of the above as this.
  rope_parameters: z.looseObject({ rope_type: z.string().optional(), rope_theta: z.number().positive() }).nullish(),
  vocab_size: count,
  max_position_embeddings: count.default(2048),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  quantization_config: z.unknown().optional(),
  bos_token_id: tokenId.nullish(),
  eos_token_id: tokenIdsSchema,
});

/**
 * Reads `config.json` of a model folder.
 * @throws SparringError `model/invalid-json`, `model/unsupported-architecture`
 */
export async function readLlamaConfig(dir: string): Promise<LlamaConfig> {
  const place = join(dir, "config.json");
  // First its kind alone: a file of another architecture need not have the other fields.
  const { architectures } = await readJson(place, configSchema.pick({ architectures: true }));
  if (!architectures.includes("LlamaForCausalLM")) {
    throw unsupported(place, `the architecture ${architectures.join(", ") || "(none is named)"}`);
  }
  const file = await readJson(place, configSchema);
  const headDim = file.head_dim ?? file.hidden_size / file.num_attention_heads;
  const numKeyValueHeads = file.num_key_value_heads ?? file.num_attention_heads;
  const ropeType = file.rope_parameters?.rope_type ?? "default";
  if (file.attention_bias) throw unsupported(place, "attention_bias: true");
  if (file.mlp_bias) throw unsupported(place, "mlp_bias: true");
  if (file.rope_scaling != null) throw unsupported(place, `rope_scaling: ${JSON.stringify(file.rope_scaling)}`);
  if (ropeType !== "default") throw unsupported(place, `rope_parameters.rope_type: "${ropeType}"`);
  if (file.hidden_act !== "silu") throw unsupported(place, `hidden_act: "${file.hidden_act}"`);
  if (file.quantization_config != null) throw unsupported(place, "quantised weights (quantization_config)");
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) throw unsupported(place, `an odd head size (${headDim})`);
  if (file.num_attention_heads % numKeyValueHeads !== 0) {
    throw unsupported(place, `${file.num_attention_heads} attention heads over ${numKeyValueHeads} key-value heads`);
  }
  return {
    hiddenSize: file.hidden_size,
    intermediateSize: file.intermediate_size,
    numHiddenLayers: file.num_hidden_layers,
    numAttentionHeads: file.num_attention_heads,
    numKeyValueHeads,
    headDim,
    rmsNormEps: file.rms_norm_eps,
    ropeTheta: file.rope_parameters?.rope_theta ?? file.rope_theta ?? 10_000,
    vocabSize: file.vocab_size,
    maxPositionEmbeddings: file.max_position_embeddings,
    tieWordEmbeddings: file.tie_word_embeddings,
    bosTokenId: file.bos_token_id ?? undefined,
    eosTokenIds: file.eos_token_id,
  };
}

function unsupported(place: string, what: string): SparringError {
  return new SparringError(
    "model/unsupported-architecture",
    `the model uses ${what}, which is not supported`,
    "Choose a LlamaForCausalLM model with plain rotary embeddings, SiLU, no biases and unquantised weights, " +
      "such as builtin:nano or SmolLM2-135M.",
    { place },
  );
}
