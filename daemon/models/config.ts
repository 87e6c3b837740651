import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { readJson } from "./json.ts";

/** Decoder families that differ in their attention, and in nothing else. */
export type DecoderArchitecture = "llama" | "qwen2" | "qwen3";

/** Llama 3's stretching of the rotary embedding: low frequencies are divided by `factor`, middle ones blend into that. */
export interface Llama3RopeScaling {
  readonly type: "llama3";
  readonly factor: number;
  /** Wavelengths above originalMaxPositions / lowFreqFactor are divided by `factor`. */
  readonly lowFreqFactor: number;
  /** Wavelengths below originalMaxPositions / highFreqFactor stay as they are. Larger than `lowFreqFactor`. */
  readonly highFreqFactor: number;
  /** Positions of the first training, before the stretching. */
  readonly originalMaxPositions: number;
}

/** The shape of a decoder: Hugging Face's config.json under its own names, with transformers' defaults filled in. */
export interface DecoderConfig {
  readonly architecture: DecoderArchitecture;
  readonly hiddenSize: number;
  /** Width of the gated MLP. */
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  /** Fewer than the attention heads in grouped-query attention; divides them. */
  readonly numKeyValueHeads: number;
  /** Even. Not always hiddenSize / numAttentionHeads. */
  readonly headDim: number;
  /** The projections of queries, keys and values have biases (`self_attn.q_proj.bias`); the output's has none. */
  readonly attentionBias: boolean;
  /** Queries and keys are RMS-normed per head, before rotation (`self_attn.q_norm.weight`, [headDim]). */
  readonly qkNorm: boolean;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  readonly ropeScaling: Llama3RopeScaling | undefined;
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

/** transformers' classes of these families, with the defaults in which their configurations differ. */
const families: Readonly<Record<string, Family>> = {
  LlamaForCausalLM: { architecture: "llama", attentionBias: false, qkNorm: false, maxPositions: 2048 },
  Qwen2ForCausalLM: {
    architecture: "qwen2",
    attentionBias: true,
    qkNorm: false,
    maxPositions: 32768,
    keyValueHeads: 32,
  },
  Qwen3ForCausalLM: {
    architecture: "qwen3",
    attentionBias: false,
    qkNorm: true,
    maxPositions: 32768,
    keyValueHeads: 32,
    headDim: 128,
  },
};

interface Family {
  readonly architecture: DecoderArchitecture;
  readonly attentionBias: boolean;
  readonly qkNorm: boolean;
  readonly maxPositions: number;
  /** Where config.json has no such field; without it, as many as attention heads. */
  readonly keyValueHeads?: number;
  /** Likewise; without it, hiddenSize / numAttentionHeads. */
  readonly headDim?: number;
}

const ropeSchema = z.looseObject({
  rope_type: z.string().optional(),
  // Before transformers 4.43.
  type: z.string().optional(),
  rope_theta: z.number().positive().optional(),
});

const llama3Schema = z.object({
  factor: z.number().min(1),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: count.optional(),
});

/** What is read of config.json; the rest doesn't change the computation. */
const configSchema = z.object({
  architectures: z.array(z.string()).default([]),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  // Null is "as many as attention heads"; a missing one is the family's default.
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  hidden_act: z.string().default("silu"),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeSchema.nullish(),
  // transformers 5 writes both of the above as this.
  rope_parameters: ropeSchema.nullish(),
  partial_rotary_factor: z.number().nullish(),
  vocab_size: count,
  max_position_embeddings: count.optional(),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  use_sliding_window: z.boolean().default(false),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z.unknown().optional(),
  bos_token_id: tokenId.nullish(),
  eos_token_id: tokenIdsSchema,
});
type ConfigFile = z.infer<typeof configSchema>;

/**
 * Reads `config.json` of a model folder.
 * @throws SparringError `model/invalid-json`, `model/unsupported-architecture`
 */
export async function readDecoderConfig(dir: string): Promise<DecoderConfig> {
  const place = join(dir, "config.json");
  // First its kind alone: a file of another architecture need not have the other fields.
  const { architectures } = await readJson(place, configSchema.pick({ architectures: true }));
  const known = architectures.find((name) => Object.hasOwn(families, name));
  if (known === undefined)
    throw unsupported(place, `the architecture ${architectures.join(", ") || "(none is named)"}`);
  const family = families[known]!;
  const file = await readJson(place, configSchema);
  const headDim = file.head_dim ?? family.headDim ?? file.hidden_size / file.num_attention_heads;
  const numKeyValueHeads =
    (file.num_key_value_heads === undefined ? family.keyValueHeads : file.num_key_value_heads) ??
    file.num_attention_heads;
  const maxPositionEmbeddings = file.max_position_embeddings ?? family.maxPositions;
  const otherLayer = file.layer_types?.find((type) => type !== "full_attention");
  // Where Llama and Qwen3 have this, their output projection has a bias as well; Qwen2 doesn't read the field.
  if (file.attention_bias && !family.attentionBias) throw unsupported(place, "attention_bias: true");
  if (file.mlp_bias) throw unsupported(place, "mlp_bias: true");
  if (file.use_sliding_window) throw unsupported(place, "sliding windows (use_sliding_window: true)");
  if (otherLayer !== undefined) throw unsupported(place, `layers of the type "${otherLayer}"`);
  if (file.hidden_act !== "silu") throw unsupported(place, `hidden_act: "${file.hidden_act}"`);
  if (file.quantization_config != null) throw unsupported(place, "quantised weights (quantization_config)");
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) throw unsupported(place, `an odd head size (${headDim})`);
  if (file.num_attention_heads % numKeyValueHeads !== 0) {
    throw unsupported(place, `${file.num_attention_heads} attention heads over ${numKeyValueHeads} key-value heads`);
  }
  return {
    architecture: family.architecture,
    hiddenSize: file.hidden_size,
    intermediateSize: file.intermediate_size,
    numHiddenLayers: file.num_hidden_layers,
    numAttentionHeads: file.num_attention_heads,
    numKeyValueHeads,
    headDim,
    attentionBias: family.attentionBias,
    qkNorm: family.qkNorm,
    rmsNormEps: file.rms_norm_eps,
    ...readRope(place, file, maxPositionEmbeddings),
    vocabSize: file.vocab_size,
    maxPositionEmbeddings,
    tieWordEmbeddings: file.tie_word_embeddings,
    bosTokenId: file.bos_token_id ?? undefined,
    eosTokenIds: file.eos_token_id,
  };
}

/** The rotary embedding, in the precedence of transformers: an old `rope_scaling` hides `rope_parameters`. */
function readRope(
  place: string,
  file: ConfigFile,
  maxPositions: number,
): Pick<DecoderConfig, "ropeTheta" | "ropeScaling"> {
  const rope = file.rope_scaling ?? file.rope_parameters ?? {};
  const ropeTheta = rope.rope_theta ?? file.rope_theta ?? 10_000;
  const partial = rope.partial_rotary_factor ?? file.partial_rotary_factor ?? 1;
  if (partial !== 1) throw unsupported(place, `partial_rotary_factor: ${partial}`);
  const type = rope.rope_type ?? rope.type ?? "default";
  if (type === "default") return { ropeTheta, ropeScaling: undefined };
  const llama3 = llama3Schema.safeParse(rope);
  if (type !== "llama3" || !llama3.success || llama3.data.high_freq_factor <= llama3.data.low_freq_factor) {
    throw unsupported(place, `the rotary embedding ${JSON.stringify(rope)}`);
  }
  const { factor, low_freq_factor, high_freq_factor, original_max_position_embeddings } = llama3.data;
  return {
    ropeTheta,
    ropeScaling: {
      type: "llama3",
      factor,
      lowFreqFactor: low_freq_factor,
      highFreqFactor: high_freq_factor,
      originalMaxPositions: original_max_position_embeddings ?? maxPositions,
    },
  };
}

function unsupported(place: string, what: string): SparringError {
  return new SparringError(
    "model/unsupported-architecture",
    `the model uses ${what}, which is not supported`,
    `Choose a model of ${Object.keys(families).join(", ")} with plain or llama3 rotary embeddings, SiLU, full attention ` +
      "and unquantised weights, such as builtin:nano or SmolLM2-135M.",
    { place },
  );
}
