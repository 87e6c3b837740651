import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import type { Tensor } from "onnxruntime-node";
import type { SampleRequest, Sequence } from "../../daemon/engine/engine.ts";
import { Graph } from "../../daemon/engine/onnx/graph/graph.ts";
import { linear } from "../../daemon/engine/onnx/graph/ops.ts";
import { modelParameters, shapeOf } from "../../daemon/engine/onnx/llama/shape.ts";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { float32, SessionCache } from "../../daemon/engine/onnx/runtime/sessions.ts";
import { readDecoderConfig } from "../../daemon/models/config.ts";
import { resolveModel } from "../../daemon/models/resolve.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { findTask } from "../../daemon/tasks/registry.ts";
import { loopShare } from "./loop.ts";

/*
 * `npm run bench`: the onnx engine on one round of nano (32 queries × 8 answers), against the GEMM peak of the same moment
 * and against plain PyTorch on the same cores and tokens, and the share of a round that is neither engine nor judge.
 */

const threads = Math.min(8, availableParallelism());
const repeats = 40;
const groups = 8;
const answerLength = 4;
const batchRows = 64;

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function seconds(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return (performance.now() - start) / 1000;
}

async function median(task: () => Promise<unknown>, runs = repeats): Promise<number> {
  for (let i = 0; i < 3; i++) await task();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push(await seconds(task));
  return middle(times);
}

/** Runs ONNX Runtime's matrix product (fp32, 1024³), at a size that fills the cores; gives its FLOP/s. */
async function openGemm(size = 1024): Promise<() => Promise<number>> {
  const graph = new Graph();
  const [x, w] = [graph.input("x", "float32", [size, size]), graph.input("w", "float32", [size, size])];
  graph.output("y", linear(x, w));
  const program = await new SessionCache(threads).get("gemm", () => ({ bytes: graph.encode(), weights: [] }));
  const tensor = (): Tensor => float32(new Float32Array(size * size).fill(0.5), [size, size]);
  const feeds = { x: tensor(), w: tensor() };
  const products = 5;
  return async () => {
    const time = await seconds(async () => {
      for (let i = 0; i < products; i++) await program.run(feeds, new Map());
    });
    return (products * 2 * size ** 3) / time;
  };
}

interface Timings {
  readonly sample: number;
  readonly score: number;
  readonly train: number;
}

function torch(request: object): (Timings & { readonly version: string }) | undefined {
  const script = new URL("./torch_round.py", import.meta.url).pathname;
  const run = spawnSync("python3", [script], { input: `${JSON.stringify(request)}\n`, encoding: "utf8" });
  if (run.status === 0) return JSON.parse(run.stdout);
  const reason = run.stderr?.trim().split("\n").at(-1) ?? "no python3";
  console.log(`no PyTorch here (pip install torch==2.13.0 numpy safetensors): ${reason}`);
  return undefined;
}

const { dir } = await resolveModel("builtin:nano", ".");
const shape = shapeOf(await readDecoderConfig(dir));
const tokenizer = await ChatTokenizer.load(dir);
const task = findTask("addition");
// Two-digit operands whose sum has three digits: all sequences have one length, so both sides compute the same.
const queries = Array.from({ length: 32 }, (_, i) => `${60 + i}+${99 - i}`);
const prompts = queries.map((query) => tokenizer.renderPrompt(task.solverPrompt(query)));
const answers = queries.flatMap((query) => {
  const tokens = [...tokenizer.encode(task.expected(query)), tokenizer.eosToken];
  return Array.from({ length: groups }, () => tokens);
});
const sequences: Sequence[] = answers.map((response, i) => ({ prompt: prompts[Math.floor(i / groups)], response }));
const coefficients = answers.map(({ length }) => new Float32Array(length).fill(-1 / (answers.length * answerLength)));
const requests = (count: number): SampleRequest[] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: prompts[Math.floor(i / groups) % prompts.length],
    key: { seed: 1, round: 1, role: "solver", query: Math.floor(i / groups), answer: i % groups },
  }));
// No stop token: every answer has the same length, as on the other side.
const drawing = { policy: "current", temperature: 1, maxTokens: answerLength, stopTokens: [] } as const;
const adam = { lr: 1e-9, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 1 };

const engine = new OnnxEngine({ threads });
await engine.open({ dir });
const work = {
  sample: () => engine.sample(requests(256), drawing),
  score: () => engine.logprobs(sequences, { policy: "reference", temperature: 1 }),
  async train(): Promise<void> {
    await engine.update(sequences, coefficients, { temperature: 1 });
    await engine.step(adam);
  },
};
const mine: Timings = {
  sample: await median(work.sample),
  score: await median(work.score),
  train: await median(work.train),
};
const decodeSeconds = await median(() => engine.sample(requests(batchRows), { ...drawing, maxTokens: 32 }), 10);
const theirs = torch({ model: dir, threads, prompts, groups, answers, repeats });

const matrices = modelParameters(shape).filter((each) => each.shape.length === 2 && each.name.includes("layers"));
const weights = matrices.reduce((sum, { shape: [rows, columns] }) => sum + rows * columns, 0);
const tokens = sequences.reduce((sum, { prompt, response }) => sum + prompt.length + response.length - 1, 0);
const gemm = await openGemm();
const peaks: number[] = [];
/** Median over turns of a task's FLOP/s over the peak just before it: this machine's speed may drift. */
async function shareOfPeak(flops: number, each: () => Promise<unknown>): Promise<number> {
  const shares: number[] = [];
  for (let turn = 0; turn < repeats; turn++) {
    const peak = await gemm();
    peaks.push(peak);
    shares.push(flops / (await seconds(each)) / peak);
  }
  return middle(shares);
}
const peakShares = {
  sample: undefined,
  score: await shareOfPeak(2 * weights * tokens, work.score),
  train: await shareOfPeak(6 * weights * tokens, work.train),
};
await engine.close();
const loop = await loopShare();

const ms = (time: number): string => `${(time * 1000).toFixed(1)} ms`.padStart(10);
const percent = (part: number | undefined): string =>
  (part === undefined ? "–" : `${(100 * part).toFixed(0)} %`).padStart(9);
console.log(
  `\n${cpus()[0].model}, ${threads} threads, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(
  `GEMM peak: ${(middle(peaks) / 1e9).toFixed(0)} GFLOP/s (median). PyTorch: ${theirs?.version ?? "not found"}.\n`,
);
console.log("256 answers of 4 tokens, nano      onnx  of peak   PyTorch   PyTorch/onnx");
for (const [name, key] of [
  ["sample", "sample"],
  ["log-probabilities", "score"],
  ["train: gradient and step", "train"],
] as const) {
  const other = theirs ? `${ms(theirs[key])}${`${(theirs[key] / mine[key]).toFixed(2)}×`.padStart(15)}` : "";
  console.log(`${name.padEnd(29)}${ms(mine[key])}${percent(peakShares[key])}${other}`);
}
console.log(`\ndecoding ${batchRows} rows of 32 tokens: ${Math.round((batchRows * 32) / decodeSeconds)} tokens/s`);
console.log(`neither engine nor judge: ${(100 * loop).toFixed(1)} % of a round (median of 40 of the example)`);
