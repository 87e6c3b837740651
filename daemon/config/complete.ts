import { availableParallelism } from "node:os";
import type { Config, Settings } from "./schema.ts";

/** The published learning rates, for Llama-3.2-3B (Table 1) [paper]. */
const publishedLr = { lsp: 3e-6, "lsp-zero": 3e-6, grpo: 1e-6 } as const;

/** The engine's threads where a config names none. More than 8 bring little to the models that it is for. */
function defaultThreads(): number {
  return Math.min(8, availableParallelism());
}

/**
 * Fills in the defaults that depend on other settings, on the file or on the machine.
 * @param name the run's name where the config gives none
 */
export function complete(settings: Settings, name: string): Config {
  const { engine, optimizer, algorithm } = settings;
  return {
    ...settings,
    name: settings.name ?? name,
    engine: { ...engine, threads: engine.threads ?? defaultThreads() },
    optimizer: { ...optimizer, lr: optimizer.lr ?? publishedLr[algorithm.name] },
  };
}
