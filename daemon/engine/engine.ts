/**
 * The engine contract: everything that touches weights lives behind this interface. An engine samples, measures
 * log-probabilities, differentiates Σ coefficient·log-probability, and applies AdamW. It knows no algorithm:
 * losses are pure functions in `selfplay` that turn log-probabilities and rewards into coefficients.
 *
 * Every engine passes the same contract test (`test/engine/contract.ts`):
 * any micro-batching gives the same gradient · abort then retry equals a clean run · sampling order and interleaved
 * requests change nothing · save → new process → load → continue equals never having stopped.
 *
 * This file changes only in commits of its own.
 */

/** A Hugging Face model folder: `config.json`, `model.safetensors` (or sharded), tokenizer files. */
export interface ModelRef {
  readonly dir: string;
}

/** A LoRA adapter to train: y = x·Wᵀ + (alpha/rank)·(x·Aᵀ)·Bᵀ, with A random (keyed by `seed`) and B zero at the start. */
export interface AdapterRef {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: readonly LoraTarget[];
  /** Keys the initial A matrices. */
  readonly seed: number;
  /** Scale by alpha/√rank in place of alpha/rank (rsLoRA, Kalajdzievski 2023), so that a high rank learns as fast as a low one. */
  readonly rslora?: boolean;
  /**
   * A PEFT folder of the same rank, scale and targets: the adapter starts as that one instead. The reference policy is then the
   * model with that adapter, unless `OpenOptions.reference` names another: a stage that goes on from a LoRA run.
   */
  readonly from?: string;
}

export interface OpenOptions {
  /** Train this adapter; all weights if left out. */
  readonly adapter?: AdapterRef;
  /** The model behind the `reference` policy, of the same shape; the opened one if left out. */
  readonly reference?: ModelRef;
  /** Hears what the engine changed by itself so that it could go on. May be called during any later call. */
  readonly onNotice?: (notice: EngineNotice) => void;
}

/** Something that a person should know and may want to change, e.g. that memory ran out and micro-batches were halved. */
export interface EngineNotice {
  /** Stable, e.g. `engine/out-of-memory`. */
  readonly code: string;
  /** What happened, as a sentence. */
  readonly message: string;
  /** Which setting to change, as a sentence. */
  readonly next: string;
}

export type LoraTarget = "q_proj" | "k_proj" | "v_proj" | "o_proj" | "gate_proj" | "up_proj" | "down_proj";

/**
 * Which weights to use: `current` (being trained), `reference` (as opened, before any `load` of training state: the
 * start of the stage; or another model, see `OpenOptions`) or a snapshot made by `snapshot()`.
 */
export type PolicyId = "current" | "reference" | `snapshot-${number}`;

/** Who speaks. Part of the key of the sampling noise, so its numbers are frozen. */
export const roles = { challenger: 1, solver: 2, judge: 3, evaluation: 4, interactive: 5 } as const;
export type Role = keyof typeof roles;

/**
 * The key of one sample's noise. Together with the token's position it determines the uniform number that picks the token:
 * nothing else (batch layout, order, pauses, other requests) can move the stream.
 */
export interface SampleKey {
  /** Seed of the lineage's root run. */
  readonly seed: number;
  /** Absolute round (a fork continues its parent's count). */
  readonly round: number;
  readonly role: Role;
  readonly query: number;
  readonly answer: number;
}

export interface SampleRequest {
  /** Token ids of the rendered prompt, at least one. Requests with equal prompts are prefilled once. */
  readonly prompt: ArrayLike<number>;
  readonly key: SampleKey;
}

export interface SampleOptions extends CallOptions {
  readonly policy: PolicyId;
  /** Tokens are drawn from softmax(logits / temperature); 0 takes the most likely token (then log-probabilities are at 1). */
  readonly temperature: number;
  /** At most this many tokens an answer, the stop token included. */
  readonly maxTokens: number;
  readonly stopTokens: readonly number[];
}

export interface Completion {
  /** The drawn tokens, the stop token included when one was drawn: never empty. */
  readonly tokens: Int32Array;
  /** Log-probability of each drawn token under the tempered policy, in nat. */
  readonly logprobs: Float32Array;
  /** `stop`: ended by a stop token. `length`: cut at the token limit. */
  readonly stop: "stop" | "length";
}

/** A prompt and the response whose tokens count. */
export interface Sequence {
  readonly prompt: ArrayLike<number>;
  readonly response: ArrayLike<number>;
}

export interface CallOptions {
  /** Cancels within `capabilities.abortLatencyMs`; the call rejects with `AbortedError`. */
  readonly signal?: AbortSignal;
  /** Finished and total units of work (answers for sample, sequences otherwise), at most a few times a second. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface TemperatureOptions extends CallOptions {
  /** The tempered policy softmax(logits / temperature) is the one that is measured and trained. */
  readonly temperature: number;
}

/**
 * Pure function from current log-probabilities to coefficients dL/dlogp, for losses that depend on them (ratios, pairs).
 * @param logprobs per sequence of the unit, per response token, nat
 * @param indices  the unit's sequences, as indices into the batch
 * @returns        per sequence of the unit, per response token
 */
export type GradientOf = (logprobs: readonly Float32Array[], indices: readonly number[]) => readonly Float32Array[];

export interface UpdateStats {
  readonly sequences: number;
  readonly tokens: number;
  readonly microBatches: number;
  /** Σ coefficient·logp over all tokens given, so that a caller can check its loss. */
  readonly objective: number;
}

export interface AdamParams {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Decoupled weight decay (AdamW), on matrices only. */
  readonly weightDecay: number;
  /** The gradient's global L2 norm is scaled down to this; 0 switches it off. */
  readonly maxGradNorm: number;
}

export interface StepStats {
  /** Optimizer steps taken since the stage began. */
  readonly step: number;
  /** Global L2 norm of the accumulated gradient before clipping. */
  readonly gradNorm: number;
}

export interface Capabilities {
  readonly name: "onnx" | "torch" | "tinker";
  /** Device as a person names it, e.g. "CPU, 2 threads". */
  readonly device: string;
  /** Same inputs give the same bits (same machine, build, thread count and bucket plan: see `fingerprint`). */
  readonly deterministic: boolean;
  /** Longest prompt + response, tokens. */
  readonly maxSequence: number;
  readonly vocabularySize: number;
  readonly trainableParameters: number;
  readonly totalParameters: number;
  /** A cancelled call returns within this time. */
  readonly abortLatencyMs: number;
  /** `updateUnits` holds the graph, or pays a second forward pass. */
  readonly updateUnits: "one-pass" | "second-forward-pass";
  /** Settings that this engine does not honour, in words; shown before a run starts. */
  readonly ignores: readonly string[];
  /** What bit-identity depends on: versions, instruction set, threads, bucket plan. */
  readonly fingerprint: Readonly<Record<string, string>>;
}

/** What an engine's process is doing: for a watch-dog, and for the person who reads its warning. */
export interface EngineStatus {
  readonly alive: boolean;
  /** Its process on this machine; absent for a remote engine and before `open`. */
  readonly pid?: number;
  /** The oldest call under way, e.g. `sample`. */
  readonly call?: string;
  /** Seconds since it last answered or told progress. */
  readonly silentSeconds: number;
  /** Absent before `open`, and for engines that do not tell. */
  readonly telemetry?: Telemetry;
}

/** What an engine takes of its device, a few seconds old at most while it works. */
export interface Telemetry {
  /** Memory of its process: the GPU's where there is one, else resident memory. Bytes. */
  readonly usedBytes: number;
  /** The most so far. */
  readonly peakBytes: number;
  /** What the device has. */
  readonly totalBytes: number;
  /** Share of the last second in which the GPU computed, 0–1; absent on a CPU and where the driver does not tell. */
  readonly utilisation?: number;
}

/** `hf`: a merged Hugging Face folder. `peft`: a PEFT adapter folder (LoRA only). */
export type ExportFormat = "hf" | "peft";

export interface Engine {
  /** Valid after `open`. */
  readonly capabilities: Capabilities;
  /** Loads a model. */
  open(model: ModelRef, options?: OpenOptions): Promise<void>;
  /** Freezes a copy of the current weights. */
  snapshot(): Promise<PolicyId>;
  /** Frees a snapshot's memory; `current` and `reference` can't be released. */
  release(policy: PolicyId): Promise<void>;
  /** Draws one completion a request; results are in the requests' order. */
  sample(requests: readonly SampleRequest[], options: SampleOptions): Promise<Completion[]>;
  /** Log-probability of every response token, per sequence, nat. */
  logprobs(
    sequences: readonly Sequence[],
    options: TemperatureOptions & { readonly policy: PolicyId },
  ): Promise<Float32Array[]>;
  /** Adds Σ coefficient·∇logp to the accumulated gradient. `coefficients[i][t]` is dL/dlogp of sequence i's token t. */
  update(
    batch: readonly Sequence[],
    coefficients: readonly Float32Array[],
    options: TemperatureOptions,
  ): Promise<UpdateStats>;
  /** As `update`, with coefficients computed from the current log-probabilities, unit by unit. A unit is never split. */
  updateUnits(
    batch: readonly Sequence[],
    units: readonly (readonly number[])[],
    gradient: GradientOf,
    options: TemperatureOptions,
  ): Promise<UpdateStats>;
  /** Applies one AdamW step along −gradient and clears the gradient. A non-finite gradient rejects and changes nothing. */
  step(adam: AdamParams): Promise<StepStats>;
  /** Clears the accumulated gradient after an abort or error. */
  discard(): Promise<void>;
  /** Writes trainable weights, optimizer moments and step count into an existing folder, as files; does not flush them. */
  save(dir: string): Promise<void>;
  /** Reads what `save` wrote. The reference stays what it was. */
  load(dir: string): Promise<void>;
  /** Writes the current policy for use elsewhere. */
  export(dir: string, format: ExportFormat): Promise<void>;
  /** What it is doing right now; answered without asking its process. */
  status(): EngineStatus;
  /**
   * Ends a process that no longer answers by force, after it was asked to write down where it stands. Pending and later calls
   * reject with `engine/hung`, whose text says `why` and where it stood.
   */
  kill(why: string): Promise<void>;
  /** Ends the engine's process. Safe to call twice. */
  close(): Promise<void>;
}
