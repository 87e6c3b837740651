import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { requireAdapterFolder } from "../adapter.ts";
import { EngineProcess } from "../child.ts";
import {
  type AdamParams,
  type CallOptions,
  type Capabilities,
  type Completion,
  type Engine,
  type EngineStatus,
  type ExportFormat,
  type GradientOf,
  type ModelRef,
  type OpenOptions,
  type PolicyId,
  roles,
  type SampleOptions,
  type SampleRequest,
  type Sequence,
  type StepStats,
  type TemperatureOptions,
  type UpdateStats,
} from "../engine.ts";
import { concatenate, flatten, requireCoefficients, rowsOf, split } from "../wire.ts";
import type { ModelFacts } from "./worker/model.ts";

export interface OnnxEngineOptions {
  /** Threads of ONNX Runtime; all cores, at most 8, if left out. Results do not depend on it. */
  readonly threads?: number;
  /** Padded tokens of a micro-batch at most; chosen by the model's size if left out. */
  readonly microBatchTokens?: number;
  /** Only standard ONNX operators: slower, for checking the contrib ones. */
  readonly standardOperators?: boolean;
}

const roleNames = Object.keys(roles);

/**
 * The worker's program: bundled beside the daemon's. Run from source it has no bundle; then the tests name the one that
 * they have just built (SPARRING_ONNX_WORKER), which starts faster than the sources through tsx.
 */
function workerCommand(): [string, ...string[]] {
  const bundled = fileURLToPath(new URL("./onnx-worker.js", import.meta.url));
  if (existsSync(bundled)) return [process.execPath, bundled];
  if (process.env.SPARRING_ONNX_WORKER) return [process.execPath, process.env.SPARRING_ONNX_WORKER];
  return [process.execPath, "--import", "tsx", fileURLToPath(new URL("./worker/main.ts", import.meta.url))];
}

/** The embedded engine: ONNX Runtime on CPU, in a process of its own. No Python. */
export class OnnxEngine implements Engine {
  readonly #options: Required<OnnxEngineOptions>;
  readonly #process: EngineProcess;
  #capabilities: Capabilities | undefined;

  constructor(options: OnnxEngineOptions = {}) {
    const threads = options.threads ?? Math.min(8, availableParallelism());
    this.#options = { threads, microBatchTokens: 0, standardOperators: false, ...options };
    this.#process = new EngineProcess("onnx", workerCommand());
  }

  get capabilities(): Capabilities {
    if (!this.#capabilities) throw new Error("the engine has no model yet: call open first");
    return this.#capabilities;
  }

  /** Process id of the worker. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  async open(model: ModelRef, { adapter, reference }: OpenOptions = {}): Promise<void> {
    if (adapter?.from !== undefined) await requireAdapterFolder(adapter.from, adapter);
    const request = { dir: model.dir, adapter, reference: reference?.dir, options: this.#options };
    const { value } = await this.#process.request("open", request);
    const facts = value as ModelFacts;
    const { threads } = this.#options;
    this.#capabilities = {
      name: "onnx",
      device: `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`,
      deterministic: true,
      maxSequence: facts.shape.maxPositions,
      vocabularySize: facts.shape.vocabulary,
      trainableParameters: facts.trainableParameters,
      totalParameters: facts.totalParameters,
      abortLatencyMs: 1000,
      updateUnits: "second-forward-pass",
      ignores: [],
      fingerprint: {
        engine: "onnx",
        runtime: facts.runtime,
        cpu: facts.cpu,
        platform: `${process.platform}-${process.arch}`,
        threads: String(threads),
        microBatchTokens: String(facts.microBatchTokens),
        operators: this.#options.standardOperators ? "standard" : "contrib",
      },
    };
  }

  async snapshot(): Promise<PolicyId> {
    return (await this.#process.request("snapshot")).value as PolicyId;
  }

  async release(policy: PolicyId): Promise<void> {
    await this.#process.request("release", { policy });
  }

  async sample(requests: readonly SampleRequest[], options: SampleOptions): Promise<Completion[]> {
    if (requests.length === 0) return [];
    const keys = new Float64Array(requests.length * 5);
    for (const [index, { key }] of requests.entries()) {
      keys.set([key.seed, key.round, roleNames.indexOf(key.role), key.query, key.answer], index * 5);
    }
    const { policy, temperature, maxTokens, stopTokens } = options;
    const { value, arrays } = await this.#process.request(
      "sample",
      { policy, temperature, maxTokens, stopTokens, roles: roleNames },
      [
        ...concatenate(
          Int32Array,
          requests.map(({ prompt }) => prompt),
        ),
        keys,
      ],
      options,
    );
    const [flatTokens, lengths, flatLogprobs] = arrays as [Int32Array, Int32Array, Float32Array];
    const logprobs = split(flatLogprobs, lengths);
    const stops = value as Completion["stop"][];
    return split(flatTokens, lengths).map((tokens, i) => ({ tokens, logprobs: logprobs[i], stop: stops[i] }));
  }

  async logprobs(
    sequences: readonly Sequence[],
    options: TemperatureOptions & { readonly policy: PolicyId },
  ): Promise<Float32Array[]> {
    if (sequences.length === 0) return [];
    const { policy, temperature } = options;
    const { arrays } = await this.#process.request("logprobs", { policy, temperature }, flatten(sequences), options);
    return rowsOf(arrays);
  }

  async update(
    batch: readonly Sequence[],
    coefficients: readonly Float32Array[],
    options: TemperatureOptions,
  ): Promise<UpdateStats> {
    for (const [index, { response }] of batch.entries()) requireCoefficients(response, coefficients[index], index);
    if (batch.length === 0) return { sequences: 0, tokens: 0, microBatches: 0, objective: 0 };
    const arrays = [...flatten(batch), concatenate(Float32Array, coefficients)[0]];
    const { value } = await this.#process.request("update", { temperature: options.temperature }, arrays, options);
    return value as UpdateStats;
  }

  async updateUnits(
    batch: readonly Sequence[],
    units: readonly (readonly number[])[],
    gradient: GradientOf,
    options: TemperatureOptions,
  ): Promise<UpdateStats> {
    // The second forward pass: this engine holds no graph between two calls.
    const logprobs = await this.logprobs(batch, { ...withoutProgress(options), policy: "current" });
    const coefficients: Float32Array[] = logprobs.map((row) => new Float32Array(row.length));
    for (const unit of units) {
      const rows = gradient(
        unit.map((index) => logprobs[index]),
        unit,
      );
      for (const [position, index] of unit.entries()) coefficients[index] = rows[position];
    }
    return this.update(batch, coefficients, options);
  }

  async step(adam: AdamParams): Promise<StepStats> {
    return (await this.#process.request("step", { adam })).value as StepStats;
  }

  async discard(): Promise<void> {
    await this.#process.request("discard");
  }

  async save(dir: string): Promise<void> {
    await this.#process.request("save", { dir });
  }

  async load(dir: string): Promise<void> {
    await this.#process.request("load", { dir });
  }

  async export(dir: string, format: ExportFormat): Promise<void> {
    await this.#process.request("export", { dir, format });
  }

  status(): EngineStatus {
    return this.#process.status();
  }

  async kill(why: string): Promise<void> {
    await this.#process.kill(why);
  }

  async close(): Promise<void> {
    await this.#process.close();
  }
}

function withoutProgress(options: TemperatureOptions): Omit<TemperatureOptions, keyof CallOptions> & CallOptions {
  return options.signal
    ? { temperature: options.temperature, signal: options.signal }
    : { temperature: options.temperature };
}
