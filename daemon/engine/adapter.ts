import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { readJson } from "../models/json.ts";
import type { AdapterRef } from "./engine.ts";

/** The two files of a PEFT adapter folder. */
export const adapterFiles = { config: "adapter_config.json", weights: "adapter_model.safetensors" } as const;

/** What adapter_config.json has to say of an adapter; of all else that PEFT writes there, our adapters have the defaults. */
const configSchema = z.object({
  r: z.number(),
  lora_alpha: z.number(),
  use_rslora: z.boolean().default(false),
  target_modules: z.array(z.string()),
});

/** The factor of an adapter's update: alpha/rank, or rsLoRA's alpha/√rank (Kalajdzievski 2023) [summary]. */
export function adapterScale({ rank, alpha, rslora }: Pick<AdapterRef, "rank" | "alpha" | "rslora">): number {
  return alpha / (rslora ? Math.sqrt(rank) : rank);
}

/** PEFT's description of an adapter: the content of adapter_config.json. */
export function adapterConfig({ rank, alpha, rslora = false, targets }: AdapterRef): object {
  return {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    r: rank,
    lora_alpha: alpha,
    use_rslora: rslora,
    lora_dropout: 0,
    bias: "none",
    target_modules: targets,
  };
}

/**
 * Requires that the folder which an adapter starts from has one of the same rank, scale and targets: with others its weights would
 * be another function of the same numbers. The weights themselves are checked by who reads them.
 * @throws SparringError `engine/adapter-missing`, `engine/adapter-does-not-fit`, and `model/invalid-json` as `readJson`
 */
export async function requireAdapterFolder(from: string, adapter: AdapterRef): Promise<void> {
  const place = join(from, adapterFiles.config);
  const missing = Object.values(adapterFiles).find((file) => !existsSync(join(from, file)));
  if (missing !== undefined) {
    throw new SparringError(
      "engine/adapter-missing",
      `The adapter to go on from is not there: the folder has no ${missing}.`,
      "Put the folder back from a copy, or fork an earlier run again.",
      { place: from },
    );
  }
  const found = await readJson(place, configSchema);
  const differences = [
    found.r !== adapter.rank && `rank ${found.r}, not ${adapter.rank}`,
    found.lora_alpha !== adapter.alpha && `alpha ${found.lora_alpha}, not ${adapter.alpha}`,
    found.use_rslora !== (adapter.rslora ?? false) && `rslora ${found.use_rslora}, not ${!found.use_rslora}`,
    listed(found.target_modules) !== listed(adapter.targets) &&
      `targets ${listed(found.target_modules)}, not ${listed(adapter.targets)}`,
  ].filter((difference) => difference !== false);
  if (differences.length === 0) return;
  throw new SparringError(
    "engine/adapter-does-not-fit",
    `The adapter to go on from has other settings: ${differences.join("; ")}.`,
    "Set adapter.rank, adapter.alpha, adapter.rslora and adapter.targets as it has them, or change algorithm.name, too: then the fork begins with the adapter merged into its model.",
    { place },
  );
}

/** Targets in one order: which of them comes first means nothing. */
function listed(targets: readonly string[]): string {
  return targets.toSorted().join(", ");
}
