import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readDecoderConfig } from "../../../daemon/models/config.ts";
import { folderOf } from "./folder.ts";

/** What transformers writes for a small Llama, with fields that don't matter here. */
const llama = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 64,
  intermediate_size: 192,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  rms_norm_eps: 1e-5,
  rope_theta: 500_000,
  rope_scaling: null,
  vocab_size: 1000,
  max_position_embeddings: 256,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: [2, 3],
  torch_dtype: "bfloat16",
};

/** Llama 3.2's. */
const llama3 = {
  factor: 32,
  high_freq_factor: 4,
  low_freq_factor: 1,
  original_max_position_embeddings: 8192,
  rope_type: "llama3",
};

describe("config.json", () => {
  test("is read under its own names", async (t) => {
    assert.deepEqual(await readDecoderConfig(await folderOf(t, { "config.json": llama })), {
      architecture: "llama",
      hiddenSize: 64,
      intermediateSize: 192,
      numHiddenLayers: 3,
      numAttentionHeads: 4,
      numKeyValueHeads: 2,
      headDim: 32,
      attentionBias: false,
      qkNorm: false,
      rmsNormEps: 1e-5,
      ropeTheta: 500_000,
      ropeScaling: undefined,
      vocabSize: 1000,
      maxPositionEmbeddings: 256,
      tieWordEmbeddings: true,
      bosTokenId: 1,
      eosTokenIds: [2, 3],
    });
  });

  test("has transformers' defaults where it says nothing", async (t) => {
    const { architectures, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, vocab_size } = llama;
    const minimal = {
      architectures,
      hidden_size,
      intermediate_size,
      num_hidden_layers,
      num_attention_heads,
      vocab_size,
      eos_token_id: 2,
    };
    const config = await readDecoderConfig(await folderOf(t, { "config.json": minimal }));
    assert.equal(config.numKeyValueHeads, 4);
    assert.equal(config.headDim, 16);
    assert.equal(config.rmsNormEps, 1e-6);
    assert.equal(config.ropeTheta, 10_000);
    assert.equal(config.maxPositionEmbeddings, 2048);
    assert.equal(config.tieWordEmbeddings, false);
    assert.equal(config.bosTokenId, undefined);
    assert.deepEqual(config.eosTokenIds, [2]);
  });

  test("may hold its rotary base as transformers 5 writes it", async (t) => {
    const { rope_theta, rope_scaling, ...rest } = llama;
    const dir = await folderOf(t, {
      "config.json": { ...rest, rope_parameters: { rope_type: "default", rope_theta: 20_000 } },
    });
    assert.equal((await readDecoderConfig(dir)).ropeTheta, 20_000);
  });

  test("may stretch its rotary embedding as Llama 3.1 does, in the old place or the new", async (t) => {
    const ropeScaling = {
      type: "llama3",
      factor: 32,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositions: 8192,
    };
    const old = await readDecoderConfig(await folderOf(t, { "config.json": { ...llama, rope_scaling: llama3 } }));
    assert.deepEqual(old.ropeScaling, ropeScaling);
    assert.equal(old.ropeTheta, 500_000);
    const { original_max_position_embeddings: _, ...rest } = llama3;
    const parameters = { ...rest, rope_theta: 7 };
    const dir = await folderOf(t, { "config.json": { ...llama, rope_parameters: parameters } });
    const { ropeScaling: scaling, ropeTheta } = await readDecoderConfig(dir);
    assert.deepEqual(scaling, { ...ropeScaling, originalMaxPositions: 256 });
    assert.equal(ropeTheta, 7);
  });

  test("of Qwen2 has biases on queries, keys and values", async (t) => {
    const { head_dim, ...rest } = llama;
    const qwen2 = { ...rest, architectures: ["Qwen2ForCausalLM"], use_sliding_window: false, sliding_window: 4096 };
    const config = await readDecoderConfig(await folderOf(t, { "config.json": qwen2 }));
    const { architecture, attentionBias, qkNorm, headDim } = config;
    assert.deepEqual([architecture, attentionBias, qkNorm, headDim], ["qwen2", true, false, 16]);
  });

  test("of Qwen3 norms queries and keys, and has heads of 128 where it says nothing", async (t) => {
    const { head_dim, num_key_value_heads, max_position_embeddings, ...rest } = llama;
    const qwen3 = { ...rest, architectures: ["Qwen3ForCausalLM"], num_attention_heads: 64 };
    const config = await readDecoderConfig(await folderOf(t, { "config.json": qwen3 }));
    const { architecture, attentionBias, qkNorm, headDim, numKeyValueHeads, maxPositionEmbeddings } = config;
    assert.deepEqual([architecture, attentionBias, qkNorm], ["qwen3", false, true]);
    assert.deepEqual([headDim, numKeyValueHeads, maxPositionEmbeddings], [128, 32, 32768]);
    const alike = await folderOf(t, { "config.json": { ...qwen3, num_key_value_heads: null } });
    assert.equal((await readDecoderConfig(alike)).numKeyValueHeads, 64);
  });

  const unsupported: [change: object, message: RegExp][] = [
    [{ architectures: ["Qwen3MoeForCausalLM"] }, /architecture Qwen3MoeForCausalLM/],
    [{ architectures: ["toString"] }, /architecture toString/],
    [{ architectures: undefined }, /none is named/],
    [{ attention_bias: true }, /attention_bias/],
    [{ mlp_bias: true }, /mlp_bias/],
    [{ architectures: ["Qwen3ForCausalLM"], attention_bias: true }, /attention_bias/],
    [{ architectures: ["Qwen2ForCausalLM"], use_sliding_window: true }, /use_sliding_window/],
    [{ layer_types: ["full_attention", "sliding_attention"] }, /layers of the type "sliding_attention"/],
    [{ rope_scaling: { rope_type: "llama3", factor: 32 } }, /rotary embedding .*llama3/],
    [{ rope_scaling: { ...llama3, high_freq_factor: 1 } }, /rotary embedding .*llama3/],
    [{ rope_scaling: { type: "linear", factor: 2 } }, /rotary embedding .*linear/],
    [{ rope_parameters: { rope_type: "yarn", rope_theta: 1e4 } }, /rotary embedding .*yarn/],
    [{ rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } }, /partial_rotary_factor: 0.5/],
    [{ partial_rotary_factor: 0.25 }, /partial_rotary_factor: 0.25/],
    [{ hidden_act: "gelu" }, /hidden_act: "gelu"/],
    [{ quantization_config: { quant_method: "gptq" } }, /quantised/],
    [{ head_dim: 33 }, /odd head size \(33\)/],
    [{ num_key_value_heads: 3 }, /4 attention heads over 3 key-value heads/],
  ];
  for (const [change, message] of unsupported) {
    test(`with ${JSON.stringify(change)} is an unsupported architecture`, async (t) => {
      const dir = await folderOf(t, { "config.json": { ...llama, ...change } });
      await assert.rejects(readDecoderConfig(dir), {
        code: "model/unsupported-architecture",
        place: `${dir}/config.json`,
        message,
        next: /LlamaForCausalLM/,
      });
    });
  }

  test("of another architecture is called that, though other fields are missing", async (t) => {
    const dir = await folderOf(t, { "config.json": { architectures: ["T5ForConditionalGeneration"], d_model: 512 } });
    await assert.rejects(readDecoderConfig(dir), { code: "model/unsupported-architecture", message: /T5/ });
  });

  test("with a wrong value names the field", async (t) => {
    const dir = await folderOf(t, { "config.json": { ...llama, hidden_size: "64" } });
    await assert.rejects(readDecoderConfig(dir), { code: "model/invalid-json", message: /"hidden_size"/ });
  });

  test("that is not JSON says so", async (t) => {
    const dir = await folderOf(t, { "config.json": "{" });
    await assert.rejects(readDecoderConfig(dir), { code: "model/invalid-json", message: /not JSON/ });
  });
});
