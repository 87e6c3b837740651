import { existsSync } from "node:fs";
import { join } from "node:path";
import { missingShard, readShardNames } from "../../models/weights.ts";
import type { ModelRef } from "../engine.ts";

/** A model folder with its safetensors files. @throws SparringError `model/invalid-json`, `model/missing-shard` */
export async function weightFiles({ dir }: ModelRef): Promise<{ dir: string; files: string[] }> {
  const single = join(dir, "model.safetensors");
  if (existsSync(single)) return { dir, files: [single] };
  const shards = await readShardNames(dir);
  const missing = shards.find((shard) => !existsSync(join(dir, shard)));
  if (missing !== undefined) throw missingShard(missing, join(dir, "model.safetensors.index.json"));
  return { dir, files: shards.map((shard) => join(dir, shard)) };
}
