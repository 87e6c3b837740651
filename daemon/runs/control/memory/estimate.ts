import { readdir, stat } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import { resolveConfig } from "../../../config/load.ts";
import type { Config } from "../../../config/schema.ts";
import { shapeOf } from "../../../engine/onnx/llama/shape.ts";
import { readDecoderConfig } from "../../../models/config.ts";
import { ChatTokenizer } from "../../../models/tokenizer.ts";
import type { ResultOf } from "../../../protocol.ts";
import { findTask } from "../../../tasks/registry.ts";
import { localModel } from "../local-model.ts";
import { memoryParts } from "./parts.ts";

/** What was measured: VmHWM of the engine's process on Linux, x64 (test/unit/runs/memory-parts.test.ts has the figures). */
const basis =
  "Computed from the model's shape and these settings. On five runs of two models (nano, SmolLM2-135M) it was between 3 % below and 11 % above the measured peak of the engine's process; the daemon's own memory is not in it.";

/**
 * What a run of this config would need of memory at its peak, on the embedded engine: from the shape of its model and from its
 * settings. A model that would have to be downloaded is not looked at.
 * @throws ConfigError; SparringError as `localModel`, and of reading a model's config and tokenizer
 */
export async function estimateMemory(
  given: Readonly<Record<string, unknown>>,
  home: string,
): Promise<ResultOf<"sparring/engine/estimate">> {
  const config = resolveConfig(given);
  const { model, adapter, game, solver, engine } = config;
  // On Linux this is what could be had without swapping, not what nobody uses.
  const free = freemem();
  const found = await localModel(model.path, home);
  if ("missing" in found) {
    return { bytes: null, parts: [], free, basis: `The model is not on this machine yet: ${found.missing}.` };
  }
  const { dir } = found.model;
  const parts = memoryParts({
    shape: shapeOf(await readDecoderConfig(dir)),
    adapter: adapter && { ...adapter, seed: config.seed },
    hasOwnReference: model.reference !== "stage",
    answers: game.queries * game.answers,
    promptTokens: await promptTokens(config, dir),
    answerTokens: solver.max_tokens,
    microBatchTokens: engine.micro_batch_tokens,
    fileBytes: await weightFileBytes(dir),
  });
  return { bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), parts, free, basis };
}

/** Tokens of a query with the Solver's prompt: of a held-out one, or of the longest that the Challenger may write. */
async function promptTokens({ game, challenger }: Config, dir: string): Promise<number> {
  const tokenizer = await ChatTokenizer.load(dir);
  const task = findTask(game.task, challenger);
  const prompt = (query: string): number => tokenizer.renderPrompt(task.solverPrompt(query)).length;
  return task.verifiable ? prompt(task.heldOut()[0]!) : prompt("") + challenger.max_tokens;
}

async function weightFileBytes(dir: string): Promise<number> {
  const files = (await readdir(dir)).filter((name) => name.endsWith(".safetensors"));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(dir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
