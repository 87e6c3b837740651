import { largestPower } from "../../../engine/onnx/budgets.ts";
import { projections } from "../../../engine/onnx/llama/shape.ts";
import { callsOf, type MemoryPart, tidy, totalBytes, type Workload, weightsOf } from "./workload.ts";

/** What the torch engine's memory depends on. */
export interface TorchWorkload extends Workload {
  readonly device: "cpu" | "cuda";
  /** What computes. */
  readonly precision: "float32" | "bfloat16";
  /** Memory of the device that is free when the model is opened, bytes; null where it is not known. Read on CUDA alone. */
  readonly free: number | null;
  /** An adapter is merged into a copy of the weights that it targets. */
  readonly merged: boolean;
  /** Logits are computed some at a time. */
  readonly chunked: boolean;
  /** Layers are computed again in the backward pass, in place of being kept from the start. */
  readonly checkpointing: boolean;
}

const float = 4;

/** The worker's own limits [read in daemon/engine/torch/worker; a test compares them]. */
export const limits = {
  /** MAX_ROWS: answers that are written side by side. */
  rows: 256,
  /** MAX_MICRO_BATCH: tokens of a micro-batch that the engine chooses. */
  microBatch: { cpu: 2048, cuda: 32_768 },
  /** CPU_BUDGET: bytes for the largest buffers of a call. On CUDA it is half of what is free. */
  cpuBudget: 1_500_000_000,
  /** CHUNK_BYTES: logits that are there at once in training, bytes in float32. */
  chunk: { cpu: 2 ** 22, cuda: 2 ** 29 },
  /** FEWEST_ROWS of head.py: tokens of such a part at least. */
  chunkRows: 128,
  /** CHUNK: weights that the optimizer updates at once, in double precision. */
  step: { cpu: 2 ** 16, cuda: 2 ** 24 },
} as const;

/** Python, PyTorch and its libraries, without any model; bytes. On the CPU it is measured, on CUDA it is a guess at the context. */
const runtimeBytes = { cpu: 270e6, cuda: 800e6 } as const;

/** Activations at the peak of a backward pass, as a multiple of those that are kept for it [measured on the CPU]. */
const backwardShare = 1.35;

/** Copies in double precision that a step has of what it updates at once: g, m, v, w and one more. */
const stepCopies = 5;

/**
 * The peak memory of the torch engine, in parts that add up to it: of its process on the CPU, of the GPU on CUDA. Weights, gradient and
 * moments follow from the shape of the model; what calls need besides, from how the worker plans them. Which calls add up is as it was
 * measured on the CPU, where a step found most of training's activations not given back yet; on CUDA, where PyTorch keeps what it had for
 * the next call, it is assumed that training and step find room in each other's, and nothing in that of answers being written.
 */
export function torchParts(workload: TorchWorkload): MemoryPart[] {
  const { device, fileBytes } = workload;
  const held = heldParts(workload);
  const { written, trained } = callsOf(workload);
  const [sampling, training] = [largest(written.map(samplingParts)), largest(trained.map(trainingParts))];
  const step = stepParts(workload);
  const calls =
    device === "cuda"
      ? [...sampling, ...largest([training, step])]
      : largest([sampling, [...training, ...step], savingParts(workload)]);
  const runtime = {
    what: device === "cuda" ? "CUDA's context and libraries" : "Python and PyTorch",
    bytes: runtimeBytes[device],
  };
  const parts = [...held, ...calls, runtime];
  // While a model is read into the CPU's memory, its files lie there beside its weights, before there is anything else.
  const read = totalBytes([weightParts(workload)[0]!, runtime]) + fileBytes;
  const opening = device === "cpu" ? Math.max(0, read - totalBytes(parts)) : 0;
  return tidy([...parts, { what: "the model's files while it is opened", bytes: opening }]);
}

function largest(calls: readonly MemoryPart[][]): MemoryPart[] {
  return calls.reduce((most, parts) => (totalBytes(parts) > totalBytes(most) ? parts : most));
}

/** Bytes of a number of the computing type. */
function computing({ precision }: Pick<TorchWorkload, "precision">): number {
  return precision === "bfloat16" ? 2 : float;
}

/** A merged copy of the weights that an adapter changes, bytes; 0 where there is none. */
function mergedBytes(workload: TorchWorkload): number {
  const { shape, adapter, merged } = workload;
  if (!adapter || !merged) return 0;
  const each = projections(shape);
  const ofLayer = adapter.targets.reduce((sum, target) => sum + each[target].shape[0] * each[target].shape[1], 0);
  return computing(workload) * shape.layers * ofLayer;
}

/** The policy that is trained. An adapter's weights are float32, its base computes; trained whole, weights are float32. */
function weightParts(workload: TorchWorkload): MemoryPart[] {
  const { adapter, precision } = workload;
  const { all, trained } = weightsOf(workload);
  const type = computing(workload);
  if (!adapter) {
    const cast = precision === "bfloat16" ? type * all : 0;
    return [
      { what: "weights in float32", bytes: float * all },
      { what: "weights in bfloat16, while they compute", bytes: cast },
    ];
  }
  return [
    { what: `weights in ${precision}`, bytes: type * all },
    { what: "weights with the adapter merged in", bytes: mergedBytes(workload) },
    { what: "adapter in float32", bytes: float * trained },
  ];
}

/** The policies beside it. One frozen adapter at a time is merged, the one that was used last. */
function policyParts(workload: TorchWorkload): MemoryPart[] {
  const { adapter, reference, snapshots } = workload;
  const { all, trained } = weightsOf(workload);
  const type = computing(workload);
  const frozen = snapshots + (reference === "adapter" ? 1 : 0);
  const referenceBytes = {
    start: adapter ? 0 : float * all,
    adapter: float * trained,
    model: (adapter ? type : float) * all,
  };
  return [
    { what: "weights of the reference", bytes: referenceBytes[reference] },
    { what: "weights of opponents", bytes: snapshots * float * trained },
    {
      what: "weights with a frozen adapter merged in",
      bytes: frozen > 0 ? mergedBytes(workload) : 0,
    },
  ];
}

function optimizerParts(workload: TorchWorkload): MemoryPart[] {
  const { trained } = weightsOf(workload);
  return [
    { what: "gradient in float32", bytes: float * trained },
    { what: "AdamW's moments in float32", bytes: 2 * float * trained },
  ];
}

/** Bytes that the worker plans the buffers of a call for: on CUDA half of what the weights leave. */
function budgetOf(workload: TorchWorkload): number {
  const { device, free } = workload;
  if (device === "cpu") return limits.cpuBudget;
  return ((free ?? Number.POSITIVE_INFINITY) - totalBytes(heldParts(workload))) / 2;
}

/** What is there between two calls, without the runtime. */
function heldParts(workload: TorchWorkload): MemoryPart[] {
  return [...weightParts(workload), ...policyParts(workload), ...optimizerParts(workload)];
}

/** Tokens of a micro-batch that the worker chooses [read in worker/model.py]. */
export function automaticMicroBatch(workload: TorchWorkload): number {
  const { shape, device, chunked, checkpointing } = workload;
  const layer = 20 * shape.hidden + 9 * shape.intermediate + 6 * shape.heads * shape.headSize;
  const kept = checkpointing ? layer + shape.layers * shape.hidden : shape.layers * layer;
  const token = computing(workload) * kept + (chunked ? 0 : float * 5 * shape.vocabulary);
  const room = Math.floor(budgetOf(workload) / token);
  return Math.min(limits.microBatch[device], Math.max(64, room));
}

/**
 * What forward keeps for backward in every layer, for a token: the inputs of its products, norms and attention. Attention gathers the keys
 * and values that an answer sees: its own, and its prompt's once more.
 */
function keptPerToken({ shape, promptTokens, answerTokens, checkpointing }: TorchWorkload): number {
  const { hidden, intermediate, layers, heads, kvHeads, headSize } = shape;
  const gathered = (2 * kvHeads * (promptTokens + answerTokens)) / answerTokens;
  const layer = 4 * hidden + 4 * intermediate + (3 * heads + 2 * kvHeads + gathered) * headSize;
  return checkpointing ? layer + layers * hidden : layers * layer;
}

/** Tokens of the largest micro-batch: the answers to a query stay together where they fit, and their prompt counts once. */
function largestMicroBatch(workload: TorchWorkload): number {
  const { queries, answers, promptTokens, answerTokens } = workload;
  const room = workload.microBatchTokens ?? automaticMicroBatch(workload);
  // An answer's last token is predicted, never read.
  const read = answerTokens - 1;
  const group = promptTokens + (answers / queries) * read;
  if (group <= room) return Math.min(queries, Math.floor(room / group)) * group;
  return promptTokens + Math.max(1, Math.floor((room - promptTokens) / Math.max(1, read))) * read;
}

/** Tokens of so many answers being written, where the queries' prompts count once. */
function tokensOf({ queries, answers, promptTokens, answerTokens }: Workload, rows: number): number {
  return Math.ceil((rows * queries) / answers) * promptTokens + rows * answerTokens;
}

/** A micro-batch's gradient is put together before it is added to the round's. */
function trainingParts(workload: TorchWorkload): MemoryPart[] {
  const { shape, device, chunked } = workload;
  const type = computing(workload);
  const tokens = largestMicroBatch(workload);
  const chunk = Math.max(limits.chunkRows, limits.chunk[device] / (float * shape.vocabulary));
  const rows = chunked ? Math.min(tokens, chunk) : tokens;
  return [
    { what: "activations of a micro-batch", bytes: backwardShare * type * keptPerToken(workload) * tokens },
    {
      what: chunked ? "logits of a part of it" : "its logits",
      bytes: rows * shape.vocabulary * ((chunked ? 2 : 3) * float + (type === 2 ? 2 * type : 0)),
    },
    { what: "gradient of a micro-batch", bytes: float * weightsOf(workload).trained },
  ];
}

/** Keys and values: of a query's prompt once, of each answer by itself; and each answer's logits with what draws from them. */
function samplingParts(workload: TorchWorkload): MemoryPart[] {
  const { layers, kvHeads, headSize, vocabulary } = workload.shape;
  const token = 2 * computing(workload) * layers * kvHeads * headSize;
  const budget = budgetOf(workload);
  let rows = Math.min(limits.rows, workload.answers);
  while (rows > 1 && token * tokensOf(workload, rows) > budget) rows = Math.floor(rows / 2);
  return [
    { what: "keys and values of answers being written", bytes: token * tokensOf(workload, rows) },
    { what: "their logits", bytes: rows * vocabulary * 3 * float },
  ];
}

function stepParts(workload: TorchWorkload): MemoryPart[] {
  const { trained } = weightsOf(workload);
  const atOnce = Math.min(trained, limits.step[workload.device]);
  return [{ what: "an optimizer step's copies", bytes: 2 * float * stepCopies * atOnce }];
}

/** A file is put together in the memory of the process. */
function savingParts(workload: TorchWorkload): MemoryPart[] {
  return [{ what: "AdamW's moments, while they are saved", bytes: 2 * float * weightsOf(workload).trained }];
}

/** Sizes of a micro-batch that could be asked for in place of this workload's, largest first. */
export function smallerMicroBatches(tokens: number): number[] {
  const sizes: number[] = [];
  for (let size = largestPower(tokens - 1); size >= 64; size /= 2) sizes.push(size);
  return sizes;
}
