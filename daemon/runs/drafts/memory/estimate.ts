import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { resolveConfig } from "../../../config/load.ts";
import type { Config } from "../../../config/schema.ts";
import { automaticMicroBatch as onnxMicroBatch } from "../../../engine/onnx/budgets.ts";
import { shapeOf } from "../../../engine/onnx/llama/shape.ts";
import { readDecoderConfig } from "../../../models/config.ts";
import { ChatTokenizer } from "../../../models/tokenizer.ts";
import type { ResultOf } from "../../../protocol.ts";
import { regenerates } from "../../../selfplay/imitation.ts";
import { imitationAlgorithms, isImitation } from "../../../selfplay/registry.ts";
import { fileTask, findTask } from "../../../tasks/registry.ts";
import { localModel } from "../../control/local-model.ts";
import { adviceOf, type Change } from "./advice.ts";
import { type DeviceMemory, deviceMemory } from "./device.ts";
import { longestQuestion } from "./longest-question.ts";
import { onnxParts } from "./onnx-parts.ts";
import { otherCalls } from "./other-calls.ts";
import { rewardModelPart, rewardModelParts } from "./reward-model-parts.ts";
import { automaticMicroBatch, smallerMicroBatches, type TorchWorkload, torchParts } from "./torch-parts.ts";
import { type MemoryPart, totalBytes, type Workload } from "./workload.ts";

/** What the estimate rests on. The figures that were measured are in test/unit/runs/memory-parts.test.ts and memory-others.test.ts. */
const bases = {
  rewardModel:
    "The reward model is in a process of its own; on the three models that its part was fitted to, it was within 5 % of the measured peak.",
  onnx: "Computed from the model's shape and these settings. On five runs of two models (nano, SmolLM2-135M) it was between 3 % below and 11 % above the measured peak of the engine's process; the daemon's own memory is not in it.",
  torch: {
    cpu: "Computed from the model's shape and these settings. On six workloads (nano; a LoRA adapter on SmolLM2-135M) it was between 10 % below and 6 % above the measured peak of the engine's process, and where all of SmolLM2-135M was trained 20 % below; the daemon's own memory is not in it.",
    cuda: "Computed from the model's shape and these settings, for the memory of the GPU. It has not been compared with what was measured on one; the memory of the machine beside it is not in it.",
  },
} as const;

/** What a run's memory depends on, before it is known which engine it is of. */
interface Facts {
  readonly shape: Workload["shape"];
  readonly promptTokens: number;
  readonly others: Workload["others"];
  readonly fileBytes: number;
  /** Of the reward model's process. */
  readonly rewardModel: readonly MemoryPart[];
}

/**
 * What a run of this config would need of memory at its peak, and what to change first where that is more than is free: from the
 * shape of its model and from its settings. A model that would have to be downloaded is not looked at.
 * @param memoryOf tells of the device
 * @throws ConfigError; SparringError as `localModel`, and of reading a model's config and tokenizer
 */
export async function estimateMemory(
  given: Readonly<Record<string, unknown>>,
  home: string,
  memoryOf: typeof deviceMemory = deviceMemory,
): Promise<ResultOf<"sparring/engine/estimate">> {
  const config = resolveConfig(given);
  const { path } = config.model;
  const memory = await memoryOf(config.engine);
  const found = await localModel(path, home);
  if ("missing" in found) {
    const basis = `The model is not on this machine yet: ${found.missing}.`;
    return { bytes: null, parts: [], free: memory.free, basis };
  }
  const facts = await factsOf(config, found.model.dir);
  const parts = partsOf(config, facts, memory);
  const bytes = totalBytes(parts);
  const { free, device } = memory;
  const ofEngine = config.engine.name === "onnx" ? bases.onnx : bases.torch[device];
  const basis = parts.some(({ what }) => what === rewardModelPart) ? `${ofEngine} ${bases.rewardModel}` : ofEngine;
  const advice = adviceOn(bytes, free, () => changesOf(config, facts, memory));
  return { bytes, parts, free, ...(advice !== undefined && { advice }), basis };
}

async function factsOf(config: Config, dir: string): Promise<Facts> {
  const [shape, asked, fileBytes] = await Promise.all([
    readDecoderConfig(dir).then(shapeOf),
    askedOf(config, dir),
    weightFileBytes(dir),
  ]);
  const rewardModel = await rewardModelParts(config, asked.promptTokens + config.solver.max_tokens);
  return { shape, ...asked, fileBytes, rewardModel };
}

/** The parts of what a config's engine needs, and a reward model beside it, which is in the machine's memory on any device. */
function partsOf(config: Config, facts: Facts, memory: DeviceMemory): MemoryPart[] {
  const workload = workloadOf(config, facts, memory);
  const engine = config.engine.name === "onnx" ? onnxParts(workload) : torchParts(workload);
  return memory.device === "cuda" ? engine : [...engine, ...facts.rewardModel];
}

function workloadOf(config: Config, facts: Facts, { device, free }: DeviceMemory): TorchWorkload {
  const { model, adapter, solver, engine, seed } = config;
  const { plain, checkpointing } = engine;
  const { queries, answers, snapshots } = roundOf(config);
  return {
    ...facts,
    adapter: adapter && { ...adapter, seed },
    reference: model.reference === "stage" ? "start" : "model",
    snapshots,
    // The plain way has a prompt for each answer.
    queries: plain.includes("shared_prompts") ? answers : queries,
    answers,
    answerTokens: solver.max_tokens,
    microBatchTokens: engine.micro_batch_tokens,
    device,
    free,
    precision: precisionOf(engine, device),
    merged: !plain.includes("merged_adapter"),
    chunked: !plain.includes("chunked_logits"),
    checkpointing: checkpointing === "on",
  };
}

/** The sequences of a round, and the opponents that are held beside the reference. */
function roundOf({
  game,
  algorithm: { name },
  imitation,
}: Config): Pick<Workload, "queries" | "answers" | "snapshots"> {
  if (!isImitation(name)) return { queries: game.queries, answers: game.queries * game.answers, snapshots: 0 };
  const algorithm = imitationAlgorithms[name];
  const { batch, iterations, mix_previous: mixes } = imitation;
  const held = mixes && algorithm.roles[0] === "real" ? 2 : 1;
  // The first iteration's opponent is the reference.
  const snapshots = regenerates(algorithm) ? Math.min(held, iterations - 1) : 0;
  return { queries: batch, answers: batch * algorithm.roles.length, snapshots };
}

/** What torch computes in. */
function precisionOf({ precision }: Config["engine"], device: DeviceMemory["device"]): "float32" | "bfloat16" {
  if (precision !== "auto") return precision;
  return device === "cuda" ? "bfloat16" : "float32";
}

/** Changes of a config that save memory: those that leave what is learned as it is come first. */
function changesOf(config: Config, facts: Facts, memory: DeviceMemory): Change[] {
  const { engine, model, adapter } = config;
  const changed = (change: string, other: Config): Change => {
    return { change, bytes: totalBytes(partsOf(other, facts, memory)) };
  };
  const now = engine.micro_batch_tokens ?? automaticTokens(config, facts, memory);
  const changes = smallerMicroBatches(now).map((tokens) =>
    changed(`Set engine.micro_batch_tokens to ${tokens}`, {
      ...config,
      engine: { ...engine, micro_batch_tokens: tokens },
    }),
  );
  if (engine.name === "torch" && engine.checkpointing !== "on") {
    const twice = { ...config, engine: { ...engine, checkpointing: "on" as const } };
    changes.push(changed("Set engine.checkpointing to on", twice));
  }
  if (engine.name === "torch" && memory.device === "cuda" && engine.precision === "float32") {
    const half = { ...config, engine: { ...engine, precision: "bfloat16" as const } };
    changes.push(changed("Set engine.precision to bfloat16", half));
  }
  if (model.reference !== "stage") {
    changes.push(changed("Set model.reference to stage", { ...config, model: { ...model, reference: "stage" } }));
  }
  if (!adapter) changes.push(changed("Train an adapter (`adapter: {}`) in place of all weights", withAdapter(config)));
  return changes;
}

/** The micro-batch that the engine would choose, tokens. */
function automaticTokens(config: Config, facts: Facts, memory: DeviceMemory): number {
  const workload = workloadOf(config, facts, memory);
  return config.engine.name === "onnx" ? onnxMicroBatch(facts.shape) : automaticMicroBatch(workload);
}

/** The same with a LoRA adapter of the defaults. */
function withAdapter(config: Config): Config {
  return resolveConfig({ ...config, adapter: {} });
}

/**
 * Tokens of a query with the Solver's prompt: of a held-out one, of a file's longest question, or of the longest that the Challenger may
 * write; of records to imitate what the longest that is used may have. And what else a game asks of its model.
 */
async function askedOf(config: Config, dir: string): Promise<Pick<Facts, "promptTokens" | "others">> {
  const { game, challenger, imitation, solver } = config;
  if (isImitation(config.algorithm.name) && !imitation.data!.startsWith("builtin:")) {
    const longest = imitation.max_tokens ?? shapeOf(await readDecoderConfig(dir)).maxPositions;
    return { promptTokens: Math.max(1, longest - solver.max_tokens), others: [] };
  }
  const tokenizer = await ChatTokenizer.load(dir);
  if (game.task === fileTask) {
    const { maxPositionEmbeddings } = await readDecoderConfig(dir);
    const room = Math.max(1, maxPositionEmbeddings - solver.max_tokens);
    const promptTokens = await longestQuestion(game.data!, tokenizer, room);
    return { promptTokens, others: otherCalls({ config, task: undefined, tokenizer, solverPrompt: promptTokens }) };
  }
  const task = findTask(game.task, challenger);
  const prompt = (query: string): number => tokenizer.renderPrompt(task.solverPrompt(query)).length;
  const promptTokens = task.verifiable ? prompt(task.heldOut()[0]!) : prompt("") + challenger.max_tokens;
  return { promptTokens, others: otherCalls({ config, task, tokenizer, solverPrompt: promptTokens }) };
}

async function weightFileBytes(dir: string): Promise<number> {
  const files = (await readdir(dir)).filter((name) => name.endsWith(".safetensors"));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(dir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What to do about a run that does not fit, or of which nobody knows whether it does. */
function adviceOn(bytes: number, free: number | null, changes: () => Change[]): string | undefined {
  if (free === null) {
    return "How much of the GPU's memory is free is not known, because nvidia-smi does not tell: `sparring setup torch --check` looks for the GPU and its driver.";
  }
  return bytes > free ? adviceOf(bytes, free, changes()) : undefined;
}
