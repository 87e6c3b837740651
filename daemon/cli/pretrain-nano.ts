import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, Sequence } from "../engine/engine.ts";
import { modelParameters, shapeOf } from "../engine/onnx/llama/shape.ts";
import { OnnxEngine } from "../engine/onnx/onnx-engine.ts";
import { streamNormal, streamUniform } from "../engine/random.ts";
import { readDecoderConfig } from "../models/config.ts";
import { resolveModel } from "../models/resolve.ts";
import { readSafetensors, toFloat32, writeSafetensors } from "../models/safetensors.ts";
import { ChatTokenizer } from "../models/tokenizer.ts";
import { findTask } from "../tasks/registry.ts";

/*
 * Makes the built-in nano model: supervised training from random weights on generated additions, in both roles, on our
 * own engine, stopped early, so that self-play has something left to teach. Run by hand (`npm run pretrain:nano`, about
 * a minute); what it writes is committed. Deterministic: seed and steps are fixed, no clock, no network.
 */

const seed = 1;
/** Stopped here because held-out accuracy is then between 30 and 45 %. */
const steps = 170;
const solverExamples = 256;
const challengerExamples = 32;
const adam = { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 1 };
/** Constant after a linear warm-up: weights that were annealed into a sharp minimum don't survive reinforcement learning. */
const lr = 2e-3;
const warmup = 50;

const task = findTask("addition");

/** Random weights: normal, smaller where a projection adds to the residual stream; norms 1. */
async function initialise(dir: string): Promise<void> {
  const shape = shapeOf(await readDecoderConfig(dir));
  let index = 0;
  const tensors = modelParameters(shape).map(({ name, shape: extent }) => {
    const data = new Float32Array(extent.reduce((a, b) => a * b, 1));
    const residual = /o_proj|down_proj/.test(name);
    const deviation = residual ? 0.02 / Math.sqrt(2 * shape.layers) : 0.05;
    for (let i = 0; i < data.length; i++) {
      data[i] = extent.length === 1 ? 1 : deviation * streamNormal(seed, "pretraining", index++);
    }
    return [name, { dtype: "F32", shape: extent, data }] as const;
  });
  await writeSafetensors(join(dir, "model.safetensors"), new Map(tensors));
}

/** Both roles' texts for one step: sums with their answers, and queries as a Challenger writes them. */
function batchOf(tokenizer: ChatTokenizer, step: number): Sequence[] {
  const count = solverExamples + challengerExamples;
  return Array.from({ length: count }, (_, i) => {
    const query = task.draw(streamUniform(seed, "tasks", step * count + i));
    const [prompt, response] =
      i < solverExamples ? [task.solverPrompt(query), task.expected(query)] : [task.challengerPrompt(), query];
    return {
      prompt: tokenizer.renderPrompt(prompt),
      response: [...tokenizer.encode(response), tokenizer.eosToken],
    };
  });
}

/** Share of held-out additions answered exactly right. */
async function accuracy(engine: Engine, tokenizer: ChatTokenizer, temperature: number): Promise<number> {
  const queries = task.heldOut();
  const requests = queries.map((query, index) => ({
    prompt: tokenizer.renderPrompt(task.solverPrompt(query)),
    key: { seed, round: 0, role: "evaluation" as const, query: index, answer: 0 },
  }));
  const stopTokens = tokenizer.stopTokens;
  const completions = await engine.sample(requests, { policy: "current", temperature, maxTokens: 5, stopTokens });
  const right = completions.filter(({ tokens }, i) => task.verify(queries[i], tokenizer.decode(tokens)) === 1);
  return right.length / queries.length;
}

async function report(engine: Engine, tokenizer: ChatTokenizer): Promise<string> {
  const [greedy, sampled] = [await accuracy(engine, tokenizer, 0), await accuracy(engine, tokenizer, 1)];
  return `held-out exact match ${(100 * greedy).toFixed(1)} % greedy, ${(100 * sampled).toFixed(1)} % sampled`;
}

const { dir } = await resolveModel("builtin:nano", ".").catch(async (error) => {
  // The folder is complete but for the weights that are made here.
  if (error.code === "model/no-weights") return { dir: error.place as string };
  throw error;
});
const work = await mkdtemp(join(tmpdir(), "sparring-nano-"));
for (const file of await readdir(dir)) await copyFile(join(dir, file), join(work, file));
await initialise(work);
const tokenizer = await ChatTokenizer.load(work);
// Its bits depend on the micro-batches, so they are fixed here.
const engine = new OnnxEngine({ microBatchTokens: 4096 });
await engine.open({ dir: work });
for (let step = 1; step <= steps; step++) {
  const batch = batchOf(tokenizer, step);
  const tokens = batch.reduce((sum, { response }) => sum + response.length, 0);
  const coefficients = batch.map(({ response }) => new Float32Array(response.length).fill(-1 / tokens));
  const { objective } = await engine.update(batch, coefficients, { temperature: 1 });
  await engine.step({ ...adam, lr: lr * Math.min(1, step / warmup) });
  if (step % 10 === 0) {
    console.log(`step ${step}/${steps}: loss ${objective.toFixed(3)}, ${await report(engine, tokenizer)}`);
  }
}
await engine.save(work);
await engine.close();

const trained = await readSafetensors(join(work, "model.safetensors"));
const stored = [...trained].map(([name, tensor]) => {
  return [name, { dtype: "BF16", shape: tensor.shape, data: toFloat32(tensor) }] as const;
});
const weights = join(dir, "model.safetensors");
await writeSafetensors(weights, new Map(stored), { format: "pt" });
const sha256 = createHash("sha256")
  .update(await readFile(weights))
  .digest("hex");
const rounded = new OnnxEngine();
await rounded.open({ dir });
const result = await report(rounded, tokenizer);
await rounded.close();
const provenance = { madeBy: "npm run pretrain:nano", seed, steps, result, sha256 };
await writeFile(join(dir, "..", "provenance.json"), `${JSON.stringify(provenance, null, 2)}\n`);
await rm(work, { recursive: true });
console.log(`wrote ${weights}: ${result}`);
