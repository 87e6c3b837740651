import { availableParallelism } from "node:os";
import { join } from "node:path";
import { SparringError } from "../../errors.ts";
import { readDecoderConfig } from "../../models/config.ts";
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
import type { FrameArray } from "../frames.ts";
import { concatenate, flatten, requireCoefficients, rowsOf, split } from "../wire.ts";
import { flatPlan, longest, objectiveOf, type Plan, singles, statsOf } from "./batch.ts";
import { capabilitiesOf, type Facts } from "./capabilities.ts";
import type { Fast } from "./fast.ts";
import { microBatches, sharedMicroBatches } from "./micro-batches.ts";
import { type Refusal, refusalError } from "./refusals.ts";
import { weightFiles } from "./weight-files.ts";
import { workerFolder } from "./worker-folder.ts";

export interface TorchEngineOptions {
  /** The Python interpreter whose environment has the packages of worker/requirements.txt. */
  readonly python: string;
  /** A CUDA GPU if there is one, if left out. */
  readonly device?: "cpu" | "cuda";
  /** What computes: bfloat16 on CUDA and float32 on CPU if left out. Trained weights are float32 in any case. */
  readonly precision?: "float32" | "bfloat16";
  /** CPU threads; all cores, at most 8, if left out. */
  readonly threads?: number;
  /** Tokens of a micro-batch at most; chosen by the model's size and the memory if left out. */
  readonly microBatchTokens?: number;
  /** Only kernels whose results are the same every time, on CUDA too; true if left out. */
  readonly deterministic?: boolean;
  /** What makes it fast, to be switched off for comparison; what is left out is as it pays on the device. */
  readonly fast?: Partial<Fast>;
  /** For tests: memory runs out above so many tokens in one micro-batch, or rows of tokens side by side. */
  readonly failAboveTokens?: number;
}

/** What stays known of the opened model. */
interface Opened {
  readonly capabilities: Capabilities;
  readonly microBatchTokens: number;
  /** Whether a shared prompt is computed once. */
  readonly sharedPrompts: boolean;
  /** Whether an adapter is trained. */
  readonly lora: boolean;
}

/**
 * PyTorch in a Python process of its own: on a CUDA GPU, or on the CPU. Decides here what is asked in which micro-batches,
 * and computes there.
 */
export class TorchEngine implements Engine {
  readonly #options: Omit<TorchEngineOptions, "python"> &
    Required<Pick<TorchEngineOptions, "threads" | "deterministic">>;
  readonly #process: EngineProcess;
  #opened: Opened | undefined;

  constructor({ python, ...options }: TorchEngineOptions) {
    const threads = options.threads ?? Math.min(8, availableParallelism());
    this.#options = { ...options, threads, deterministic: options.deterministic ?? true };
    // Without -B Python would write its bytecode into the extension's folder.
    const command = [python, "-B", join(workerFolder(), "main.py")] as const;
    // Python's faulthandler answers the signal with the stacks of all its threads.
    this.#process = new EngineProcess("torch", command, { dumpSignal: "SIGUSR1" });
  }

  get capabilities(): Capabilities {
    return this.#model.capabilities;
  }

  /** Process id of the worker. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get #model(): Opened {
    if (!this.#opened) throw new Error("the engine has no model yet: call open first");
    return this.#opened;
  }

  async open(model: ModelRef, { adapter, reference, onNotice }: OpenOptions = {}): Promise<void> {
    if (adapter?.from !== undefined) await requireAdapterFolder(adapter.from, adapter);
    this.#process.onNotice = onNotice;
    const config = await readDecoderConfig(model.dir);
    const { value } = await this.#ask("open", {
      ...(await weightFiles(model)),
      config,
      adapter,
      reference: reference && (await weightFiles(reference)),
      options: { microBatchTokens: 0, ...this.#options },
    });
    const facts = value as Facts;
    this.#opened = {
      capabilities: capabilitiesOf(facts, config, this.#options),
      microBatchTokens: facts.microBatchTokens,
      sharedPrompts: facts.fast.sharedPrompts,
      lora: adapter !== undefined,
    };
  }

  async snapshot(): Promise<PolicyId> {
    return (await this.#ask("snapshot")).value as PolicyId;
  }

  async release(policy: PolicyId): Promise<void> {
    await this.#ask("release", { policy });
  }

  async sample(requests: readonly SampleRequest[], options: SampleOptions): Promise<Completion[]> {
    if (requests.length === 0) return [];
    const { policy, temperature, maxTokens, stopTokens } = options;
    const prompts = requests.map(({ prompt }) => prompt);
    this.#requireLength(longest(prompts) + maxTokens, "a prompt and its answer's limit");
    const keys = Float64Array.from(
      requests.flatMap(({ key: { seed, round, role, query, answer } }) => [seed, round, roles[role], query, answer]),
    );
    const { value, arrays } = await this.#ask(
      "sample",
      { policy, temperature, maxTokens, stopTokens },
      [...concatenate(Int32Array, prompts), keys],
      options,
    );
    const [flatTokens, lengths, flatLogprobs] = arrays as [Int32Array, Int32Array, Float32Array];
    const logprobs = split(flatLogprobs, lengths);
    const stopped = value as boolean[];
    return split(flatTokens, lengths).map((tokens, i) => {
      return { tokens, logprobs: logprobs[i]!, stop: stopped[i] ? "stop" : "length" };
    });
  }

  async logprobs(
    sequences: readonly Sequence[],
    options: TemperatureOptions & { readonly policy: PolicyId },
  ): Promise<Float32Array[]> {
    if (sequences.length === 0) return [];
    const { policy, temperature } = options;
    const arrays = [...flatten(sequences), ...flatPlan(this.#plan(sequences, singles(sequences)))];
    return rowsOf((await this.#ask("logprobs", { policy, temperature }, arrays, options)).arrays);
  }

  async update(
    batch: readonly Sequence[],
    coefficients: readonly Float32Array[],
    options: TemperatureOptions,
  ): Promise<UpdateStats> {
    for (const [index, { response }] of batch.entries()) requireCoefficients(response, coefficients[index], index);
    if (batch.length === 0) return { sequences: 0, tokens: 0, microBatches: 0, objective: 0 };
    const plan = this.#plan(batch, singles(batch));
    const arrays = [...flatten(batch), ...flatPlan(plan), concatenate(Float32Array, coefficients)[0]];
    const { temperature } = options;
    const logprobs = rowsOf((await this.#ask("update", { temperature }, arrays, options)).arrays);
    return statsOf(batch, plan.length, objectiveOf(logprobs, coefficients));
  }

  async updateUnits(
    batch: readonly Sequence[],
    units: readonly (readonly number[])[],
    gradient: GradientOf,
    options: TemperatureOptions,
  ): Promise<UpdateStats> {
    const { temperature, signal } = options;
    const plan = this.#plan(batch, units);
    let objective = 0;
    let done = 0;
    for (const part of plan) {
      const indices = part.flatMap((unit) => units[unit]!);
      const sequences = indices.map((index) => batch[index]!);
      const { arrays } = await this.#ask("forward", { temperature }, flatten(sequences), signal ? { signal } : {});
      const logprobs = rowsOf(arrays);
      let row = 0;
      const coefficients = part.flatMap((unit) => {
        const size = units[unit]!.length;
        row += size;
        return gradient(logprobs.slice(row - size, row), units[unit]!);
      });
      for (const [i, { response }] of sequences.entries()) requireCoefficients(response, coefficients[i], indices[i]!);
      await this.#ask("backward", {}, [concatenate(Float32Array, coefficients)[0]]);
      objective += objectiveOf(logprobs, coefficients);
      done += indices.length;
      options.onProgress?.(done, batch.length);
    }
    return statsOf(batch, plan.length, objective);
  }

  async step(adam: AdamParams): Promise<StepStats> {
    return (await this.#ask("step", { adam })).value as StepStats;
  }

  async discard(): Promise<void> {
    await this.#ask("discard");
  }

  async save(dir: string): Promise<void> {
    await this.#ask("save", { dir });
  }

  async load(dir: string): Promise<void> {
    await this.#ask("load", { dir });
  }

  async export(dir: string, format: ExportFormat): Promise<void> {
    if (format === "peft" && !this.#model.lora) {
      throw new SparringError(
        "engine/no-adapter",
        "All weights were trained, so there is no adapter to export.",
        "Export as a merged Hugging Face folder (hf).",
      );
    }
    await this.#ask("export", { dir, format });
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

  /** Asks the worker; what it refuses is thrown as an error for people. */
  async #ask(
    verb: string,
    fields: Readonly<Record<string, unknown>> = {},
    arrays: readonly FrameArray[] = [],
    options: CallOptions = {},
  ): Promise<{ value: unknown; arrays: readonly FrameArray[] }> {
    const answer = await this.#process.request(verb, fields, arrays, options);
    const { refused } = (answer.value ?? {}) as { refused?: Refusal };
    if (refused) throw refusalError(refused, join(workerFolder(), "requirements.txt"));
    return answer;
  }

  /** Which units share a micro-batch. */
  #plan(batch: readonly Sequence[], units: readonly (readonly number[])[]): Plan {
    // The last response token is predicted, never read.
    const lengths = batch.map(({ prompt, response }) => prompt.length + response.length - 1);
    const { microBatchTokens, sharedPrompts } = this.#model;
    this.#requireLength(Math.max(0, ...lengths), "a prompt with its response");
    if (sharedPrompts) return sharedMicroBatches(batch, units, microBatchTokens);
    const sizes = units.map((unit) => {
      return { sequences: unit.length, longest: Math.max(0, ...unit.map((index) => lengths[index]!)) };
    });
    return microBatches(sizes, microBatchTokens);
  }

  #requireLength(tokens: number, what: string): void {
    const { maxSequence } = this.capabilities;
    if (tokens <= maxSequence) return;
    throw new SparringError(
      "engine/too-long",
      `${what} need ${tokens} tokens; the model takes ${maxSequence}.`,
      "Lower challenger.max_tokens or solver.max_tokens, or shorten the prompt.",
    );
  }
}
