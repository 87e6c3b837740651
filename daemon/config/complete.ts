import { availableParallelism } from "node:os";
import type { Config, Settings } from "./schema.ts";

/**
 * Learning rates for models of some billion parameters: Llama-3.2-3B's (Table 1) [paper]; SPIN's first, which the other two of
 * its kind take over [ours]; TRL's defaults.
 */
const publishedLr = {
  lsp: 3e-6,
  "lsp-zero": 3e-6,
  grpo: 1e-6,
  spin: 5e-7,
  spif: 5e-7,
  spac: 5e-7,
  dpo: 1e-6,
  ipo: 1e-6,
  sft: 2e-5,
} as const;

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
