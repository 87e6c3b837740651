import { cpus } from "node:os";
import type { DecoderConfig } from "../../models/config.ts";
import type { Capabilities } from "../engine.ts";
import type { Fast } from "./fast.ts";

/** What the worker says of the model that it opened. */
export interface Facts {
  readonly trainableParameters: number;
  readonly totalParameters: number;
  readonly microBatchTokens: number;
  readonly gpu: { readonly name: string; readonly bytes: number } | null;
  readonly precision: string;
  readonly fast: Fast;
  readonly torch: string;
  readonly python: string;
}

/** What an opened engine can do, and what its results depend on. */
export function capabilitiesOf(
  facts: Facts,
  config: DecoderConfig,
  { threads, deterministic }: { readonly threads: number; readonly deterministic: boolean },
): Capabilities {
  const cpu = `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  const device = facts.gpu ? `${facts.gpu.name}, ${(facts.gpu.bytes / 2 ** 30).toFixed(0)} GiB` : cpu;
  return {
    name: "torch",
    device: `${device}, ${facts.precision}`,
    deterministic: deterministic || !facts.gpu,
    maxSequence: config.maxPositionEmbeddings,
    vocabularySize: config.vocabSize,
    trainableParameters: facts.trainableParameters,
    totalParameters: facts.totalParameters,
    // A micro-batch; on two busy cores one of SmolLM2-135M took 1.9 s. A larger model on a CPU may take longer.
    abortLatencyMs: 5000,
    updateUnits: "one-pass",
    ignores: [],
    fingerprint: {
      engine: "torch",
      runtime: `torch ${facts.torch}`,
      python: facts.python,
      device: facts.gpu?.name ?? cpus()[0]?.model ?? "unknown CPU",
      platform: `${process.platform}-${process.arch}`,
      threads: String(threads),
      precision: facts.precision,
      microBatchTokens: String(facts.microBatchTokens),
      deterministic: String(deterministic || !facts.gpu),
      fast: switchedOn(facts.fast),
    },
  };
}

/** The switches that change bits, as one word. */
function switchedOn(fast: Fast): string {
  const on = Object.entries(fast).map(([name, value]) => (value === true ? name : value ? `${name}=${value}` : ""));
  return on.filter((name) => name !== "").join(" ");
}
