import { cpus } from "node:os";
import { env } from "onnxruntime-node";
import { SparringError } from "../../../errors.ts";
import { readDecoderConfig } from "../../../models/config.ts";
import { adapterScale } from "../../adapter.ts";
import type {
  AdamParams,
  AdapterRef,
  Completion,
  ExportFormat,
  PolicyId,
  Sequence,
  StepStats,
  UpdateStats,
} from "../../engine.ts";
import { lengthBucket, type MicroBatch, microBatches } from "../batching.ts";
import { automaticMicroBatch, decodedRows, maxMicroBatch } from "../budgets.ts";
import { sizeOf } from "../graph/graph.ts";
import { type ProgramOptions, scoreProgram, trainProgram } from "../llama/programs.ts";
import { adapterParameters, type LlamaShape, modelParameters, type Parameter, shapeOf } from "../llama/shape.ts";
import { float32, floats, int32, type Outputs, SessionCache } from "../runtime/sessions.ts";
import { AdamW } from "./adamw.ts";
import { PolicyStore, type PolicyWeights, views } from "./policies.ts";
import { Sampler, type SamplerRequest } from "./sampler.ts";
import { exportPolicy, loadAdapter, loadState, saveState } from "./state.ts";
import { initialiseAdapter, type LoadWeight, mergeAdapter, weightsOf } from "./weights.ts";

export interface WorkerOptions {
  readonly threads: number;
  /** Padded tokens of a micro-batch at most; 0 chooses by the model's size. */
  readonly microBatchTokens: number;
  /** Only standard ONNX operators, no contrib ones. */
  readonly standardOperators: boolean;
}

export interface ModelFacts {
  readonly trainableParameters: number;
  readonly totalParameters: number;
  readonly microBatchTokens: number;
  readonly cpu: string;
  readonly runtime: string;
  readonly shape: LlamaShape;
}

/** A call's way to report progress and to notice that it was cancelled; yields to the event loop. */
export type Checkpoint = (done: number, total: number) => Promise<void>;

/** A model with its optimizer, inside the engine's process. */
export class OnnxModel {
  readonly shape: LlamaShape;
  readonly adapter: AdapterRef | undefined;
  readonly #dir: string;
  readonly #program: ProgramOptions;
  readonly #policies: PolicyStore;
  readonly #optimizer: AdamW;
  readonly #sessions: SessionCache;
  readonly #sampler: Sampler;
  readonly #microBatchTokens: number;
  readonly #totalParameters: number;
  readonly #gradient: Float32Array;
  /** Whether `#gradient` holds anything; if not, what lies in it is stale. */
  #hasGradient = false;

  /**
   * Reads a model folder.
   * @param reference folder of the model behind the `reference` policy; the model itself if left out
   */
  static async open(
    dir: string,
    adapter: AdapterRef | undefined,
    reference: string | undefined,
    options: WorkerOptions,
  ): Promise<OnnxModel> {
    const shape = shapeOf(await readDecoderConfig(dir));
    const trainable = adapter ? adapterParameters(shape, adapter) : modelParameters(shape);
    const start = adapter && new Float32Array(elements(trainable));
    if (start && adapter.from) await loadAdapter(adapter.from, trainable, start);
    else if (start) initialiseAdapter(trainable, start, adapter.seed);
    const load = await weightsOf(dir);
    const loadReference = reference ? await weightsOf(reference) : undefined;
    return new OnnxModel(dir, shape, adapter, trainable, start, load, loadReference, options);
  }

  private constructor(
    dir: string,
    shape: LlamaShape,
    adapter: AdapterRef | undefined,
    trainable: readonly Parameter[],
    start: Float32Array | undefined,
    load: LoadWeight,
    loadReference: LoadWeight | undefined,
    options: WorkerOptions,
  ) {
    const parameters = modelParameters(shape);
    this.#dir = dir;
    this.shape = shape;
    this.adapter = adapter;
    this.#program = { shape, adapter, contrib: !options.standardOperators };
    /** The weights of one model, cut into what is trained and what is not; an adapter of zeros adds nothing. */
    const policyOf = (loadWeight: LoadWeight, onTop?: Float32Array): PolicyWeights => {
      const flat = onTop ?? new Float32Array(elements(trainable));
      if (!adapter) {
        for (const [index, { view }] of views(parameters, flat).entries()) view.set(loadWeight(parameters[index]));
        return { flat, fixed: new Map() };
      }
      const fixed = parameters.map((each) => [each.name, float32(loadWeight(each), each.shape)] as const);
      return { flat, fixed: new Map(fixed) };
    };
    const opened = policyOf(load, start);
    this.#policies = new PolicyStore(trainable, opened, loadReference && policyOf(loadReference));
    this.#optimizer = new AdamW(trainable, opened.flat.length);
    this.#gradient = new Float32Array(opened.flat.length);
    // On SmolLM2-135M each kept shape of update holds a further 340 MB, and keeping them saves 5 % of an update at most.
    this.#sessions = new SessionCache(options.threads, automaticMicroBatch(shape) === maxMicroBatch);
    this.#sampler = new Sampler(this.#sessions, this.#program);
    this.#microBatchTokens = options.microBatchTokens || automaticMicroBatch(shape);
    this.#totalParameters = elements(parameters);
  }

  /** What the other side shows and records. */
  get facts(): ModelFacts {
    return {
      trainableParameters: this.#policies.size,
      totalParameters: this.#totalParameters,
      microBatchTokens: this.#microBatchTokens,
      cpu: cpus()[0]?.model ?? "unknown CPU",
      runtime: `onnxruntime-node ${env.versions.node}`,
      shape: this.shape,
    };
  }

  snapshot(): PolicyId {
    return this.#policies.snapshot();
  }

  release(policy: PolicyId): void {
    this.#policies.release(policy);
  }

  async sample(
    requests: readonly SamplerRequest[],
    options: { policy: PolicyId; temperature: number; maxTokens: number; stopTokens: readonly number[] },
    checkpoint: Checkpoint,
  ): Promise<Completion[]> {
    const longest = Math.max(0, ...requests.map(({ prompt }) => prompt.length));
    const capacity = longest + options.maxTokens;
    this.#requireLength(capacity, "a prompt and its answer's limit");
    return this.#sampler.sample(requests, {
      weights: this.#policies.tensors(options.policy),
      temperature: options.temperature,
      maxTokens: options.maxTokens,
      stopTokens: new Set(options.stopTokens),
      maxRows: decodedRows(this.shape, lengthBucket(capacity)),
      checkpoint: (done) => checkpoint(done, requests.length),
    });
  }

  async logprobs(
    sequences: readonly Sequence[],
    policy: PolicyId,
    temperature: number,
    checkpoint: Checkpoint,
  ): Promise<Float32Array[]> {
    const weights = this.#policies.tensors(policy);
    const results: Float32Array[] = new Array(sequences.length);
    let done = 0;
    for (const batch of this.#microBatches(sequences)) {
      await checkpoint(done, sequences.length);
      const key = `score ${bucketKey(batch)}`;
      const program = await this.#sessions.get(key, () => scoreProgram(this.#program, batch.bucket));
      const outputs = await program.run(this.#feeds(batch, temperature), weights);
      collect(outputs, batch, sequences, (index, logprobs) => {
        results[index] = logprobs.slice();
      });
      done += batch.indices.length;
    }
    return results;
  }

  async update(
    sequences: readonly Sequence[],
    coefficients: readonly Float32Array[],
    temperature: number,
    checkpoint: Checkpoint,
  ): Promise<UpdateStats> {
    const weights = this.#policies.tensors("current");
    const trainable = this.#policies.trainable.map(({ name }) => name);
    const batches = this.#microBatches(sequences);
    let objective = 0;
    let done = 0;
    for (const batch of batches) {
      await checkpoint(done, sequences.length);
      const { responses } = batch.bucket;
      const given = new Float32Array(batch.bucket.batch * responses);
      for (const [row, index] of batch.indices.entries()) given.set(coefficients[index], row * responses);
      const key = `train ${bucketKey(batch)}`;
      const program = await this.#sessions.get(key, () => trainProgram(this.#program, batch.bucket, trainable));
      const feeds = { ...this.#feeds(batch, temperature), coefficients: float32(given, [given.length]) };
      const outputs = await program.run(feeds, weights);
      let offset = 0;
      for (const name of trainable) {
        const part = floats(outputs, `grad.${name}`);
        if (this.#hasGradient) {
          for (let i = 0; i < part.length; i++) this.#gradient[offset + i] += part[i];
        } else {
          this.#gradient.set(part, offset);
        }
        offset += part.length;
      }
      this.#hasGradient = true;
      collect(outputs, batch, sequences, (index, logprobs) => {
        const c = coefficients[index];
        for (let t = 0; t < logprobs.length; t++) objective += c[t] * logprobs[t];
      });
      done += batch.indices.length;
    }
    const tokens = sequences.reduce((sum, { response }) => sum + response.length, 0);
    return { sequences: sequences.length, tokens, microBatches: batches.length, objective };
  }

  step(adam: AdamParams): StepStats {
    if (!this.#hasGradient) this.#gradient.fill(0);
    try {
      const stats = this.#optimizer.apply(this.#policies.flat("current"), this.#gradient, adam);
      this.#hasGradient = false;
      return stats;
    } catch (cause) {
      throw new SparringError(
        "engine/not-finite",
        "The gradient is not finite: this step was not taken and the weights are as before.",
        "Fork an earlier checkpoint with a lower learning rate or a stronger pull towards the reference: `sparring fork <run>@<round> optimizer.lr=…`.",
        { cause },
      );
    }
  }

  discard(): void {
    this.#hasGradient = false;
  }

  async save(dir: string): Promise<void> {
    await saveState(dir, this.#policies, this.#optimizer, this.adapter);
  }

  async load(dir: string): Promise<void> {
    await loadState(dir, this.#policies, this.#optimizer, this.adapter);
    this.#hasGradient = false;
  }

  async export(dir: string, format: ExportFormat): Promise<void> {
    await exportPolicy(dir, format, this.#dir, this.#policies, this.adapter, () => this.#merged());
  }

  /** All weights of the current policy, an adapter merged into its base. */
  #merged(): { name: string; shape: readonly number[]; data: Float32Array }[] {
    const tensors = this.#policies.tensors("current");
    return modelParameters(this.shape).map(({ name, shape }) => {
      const data = tensors.get(name)!.data as Float32Array;
      const [a, b] = ["lora_A", "lora_B"].map((part) => tensors.get(name.replace(/weight$/, `${part}.weight`)));
      if (!this.adapter || !a || !b) return { name, shape, data };
      const scale = adapterScale(this.adapter);
      return { name, shape, data: mergeAdapter(data, a.data as Float32Array, b.data as Float32Array, shape, scale) };
    });
  }

  #microBatches(sequences: readonly Sequence[]): MicroBatch[] {
    const longest = Math.max(0, ...sequences.map(({ prompt, response }) => prompt.length + response.length - 1));
    this.#requireLength(longest, "a prompt with its response");
    return microBatches(sequences, this.#microBatchTokens, this.shape.maxPositions);
  }

  #requireLength(tokens: number, what: string): void {
    if (tokens <= this.shape.maxPositions) return;
    throw new SparringError(
      "engine/too-long",
      `${what} need ${tokens} tokens; the model takes ${this.shape.maxPositions}.`,
      "Lower challenger.max_tokens or solver.max_tokens, or shorten the prompt.",
    );
  }

  #feeds(batch: MicroBatch, temperature: number): Parameters<Awaited<ReturnType<SessionCache["get"]>>["run"]>[0] {
    return {
      tokens: int32(batch.tokens, [batch.tokens.length]),
      rows: int32(batch.rows, [batch.rows.length]),
      targets: int32(batch.targets, [batch.targets.length]),
      inverse_temperature: float32(Float32Array.of(1 / temperature), []),
    };
  }
}

function elements(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function bucketKey({ bucket }: MicroBatch): string {
  return `${bucket.batch}×${bucket.length}→${bucket.responses}`;
}

/** Hands out each sequence's log-probabilities, cut to its response. */
function collect(
  outputs: Outputs,
  batch: MicroBatch,
  sequences: readonly Sequence[],
  each: (index: number, logprobs: Float32Array) => void,
): void {
  const logprobs = floats(outputs, "logprobs");
  for (const [row, index] of batch.indices.entries()) {
    const start = row * batch.bucket.responses;
    each(index, logprobs.subarray(start, start + sequences[index].response.length));
  }
}
