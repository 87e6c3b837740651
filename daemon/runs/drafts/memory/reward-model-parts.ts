import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../../../config/schema.ts";
import { batchTokens } from "../../../engine/classifier/classifier.ts";
import { readJson } from "../../../models/json.ts";
import { resolveRewardModel } from "../../../models/reward-model-folder.ts";
import { type MemoryPart, tidy } from "./workload.ts";

const float = 4;

/** The first of its parts. */
export const rewardModelPart = "the reward model's weights";

/** Node and ONNX Runtime in the reward model's process, without any model: measured, bytes. */
const runtimeBytes = 85e6;

/** Weights in memory, as a multiple of their files: ONNX Runtime packs some of them anew [fitted, too]. */
const packedShare = 1.15;

/** Buffers of a batch that are there at once, of a layer's widest results [fitted to what was measured, test/unit/runs/memory-others.test.ts]. */
const heldBuffers = { hidden: 8, intermediate: 6, scores: 2.1 };

const positive = z.number().int().positive();
const sizesSchema = z.object({
  hidden_size: positive.optional(),
  intermediate_size: positive.optional(),
  num_attention_heads: positive.optional(),
});

/**
 * The peak memory of a reward model's process, on the CPU whatever the engine: none where no reward model scores. Weights follow
 * from its files; of activations there are those of one layer, for a batch as full as they come.
 * @param pairTokens of a query and an answer at most
 * @throws SparringError as `resolveRewardModel`; `model/invalid-json`
 */
export async function rewardModelParts({ judge }: Config, pairTokens: number): Promise<MemoryPart[]> {
  const { reward, ensemble, model } = judge;
  if (reward.kind !== "model" && !(reward.kind === "ensemble" && ensemble.model.weight > 0)) return [];
  const { dir } = resolveRewardModel(model.path);
  const sizes = await readJson(join(dir, "config.json"), sizesSchema);
  return tidy([
    { what: rewardModelPart, bytes: packedShare * (await graphBytes(dir)) },
    { what: "its activations", bytes: activationBytes(sizes, pairTokens) },
    { what: "its process", bytes: runtimeBytes },
  ]);
}

/** model.onnx, and the weights that lie beside it; hub folders have further graphs, each with weights of its own. */
async function graphBytes(dir: string): Promise<number> {
  const files = (await readdir(dir)).filter((name) => /^model\.onnx|^[^.]+\.data$/.test(name));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(dir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A size that a config does not name under its usual name counts nothing. */
function activationBytes(sizes: z.infer<typeof sizesSchema>, pairTokens: number): number {
  const { hidden_size: hidden = 0, intermediate_size: intermediate = 0, num_attention_heads: heads = 0 } = sizes;
  const token =
    heldBuffers.hidden * hidden + heldBuffers.intermediate * intermediate + heldBuffers.scores * heads * pairTokens;
  return float * token * Math.max(batchTokens, pairTokens);
}
