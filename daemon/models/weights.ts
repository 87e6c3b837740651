import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { readJson } from "./json.ts";
import { readSafetensors, type Tensor } from "./safetensors.ts";

const indexName = "model.safetensors.index.json";

/** The index: which shard holds which tensor. Shards are plain names, so none lies elsewhere. */
const indexSchema = z.object({
  weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+\.safetensors$/, "is not the name of a safetensors file")),
});

/**
 * Names of the shards of a model folder, by its `model.safetensors.index.json`.
 * @throws SparringError `model/invalid-json`
 */
export async function readShardNames(dir: string): Promise<string[]> {
  const { weight_map } = await readJson(join(dir, indexName), indexSchema);
  return [...new Set(Object.values(weight_map))];
}

/**
 * Reads all tensors of a model folder, from `model.safetensors` or from the shards of its index.
 * @throws SparringError `model/missing-shard`, `model/missing-tensor`, and those of `readSafetensors` and `readJson`
 */
export async function loadWeights(dir: string): Promise<Map<string, Tensor>> {
  const single = join(dir, "model.safetensors");
  if (existsSync(single)) return readSafetensors(single);
  const index = join(dir, indexName);
  const { weight_map } = await readJson(index, indexSchema);
  const shards = new Map<string, Map<string, Tensor>>();
  for (const shard of new Set(Object.values(weight_map))) {
    if (!existsSync(join(dir, shard))) {
      throw missingShard(shard, index);
    }
    shards.set(shard, await readSafetensors(join(dir, shard)));
  }
  return new Map(
    Object.entries(weight_map).map(([name, shard]) => {
      const tensor = shards.get(shard)!.get(name);
      if (tensor) return [name, tensor];
      throw new SparringError(
        "model/missing-tensor",
        `the index says that ${shard} has the tensor "${name}", and it doesn't`,
        "Download the folder again.",
        { place: index },
      );
    }),
  );
}

/** The error of a shard that an index names, and that isn't there. */
export function missingShard(shard: string, place: string): SparringError {
  return new SparringError("model/missing-shard", `the shard ${shard} is missing`, "Download it too.", { place });
}
