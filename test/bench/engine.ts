import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Engine, SampleRequest, Sequence } from "../../daemon/engine/engine.ts";
import { Graph } from "../../daemon/engine/onnx/graph/graph.ts";
import { linear } from "../../daemon/engine/onnx/graph/ops.ts";
import { modelParameters, shapeOf } from "../../daemon/engine/onnx/llama/shape.ts";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { readLlamaConfig } from "../../daemon/models/config.ts";
import { resolveModel } from "../../daemon/models/resolve.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { findTask } from "../../daemon/tasks/registry.ts";
import { loopShare } from "./loop.ts";

/*
 * `npm run bench`: the onnx engine on one round of nano (32 queries × 8 answers), against the GEMM peak measured in this
 * run and against plain PyTorch on the same cores and tokens, and the share of a round that is neither engine nor judge.
 */

const threads = Math.min(8, availableParallelism());
const repeats = 30;
const groups = 8;
const answerLength = 4;
const batchRows = 64;

async function median(function_: () => Promise<unknown>, runs = repeats): Promise<number> {
  for (let i = 0; i < 3; i++) await function_();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await function_();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)];
}

/** FLOP/s of ONNX Runtime's matrix product at a size that fills the cores. */
async function gemmPeak(size = 1024): Promise<number> {
  const graph = new Graph();
  const [x, w] = [graph.input("x", "float32", [size, size]), graph.input("w", "float32", [size, size])];
  graph.output("y", linear(x, w));
  const session = await InferenceSession.create(graph.encode(), {
    intraOpNumThreads: threads,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  const tensor = (): Tensor => new Tensor("float32", new Float32Array(size * size).fill(0.5), [size, size]);
  const feeds = { x: tensor(), w: tensor() };
  return (2 * size ** 3) / (await median(() => session.run(feeds)));
}

interface Timings {
  readonly sample: number;
  readonly score: number;
  readonly train: number;
}

function torch(request: object): (Timings & { version: string }) | undefined {
  const script = new URL("./torch_round.py", import.meta.url).pathname;
  const run = spawnSync("python3", [script], { input: `${JSON.stringify(request)}\n`, encoding: "utf8" });
  if (run.status === 0) return JSON.parse(run.stdout);
  console.log(`no PyTorch here (pip install torch==2.13.0 numpy safetensors): ${run.stderr.trim().split("\n").at(-1)}`);
  return undefined;
}

const { dir } = await resolveModel("builtin:nano", ".");
const shape = shapeOf(await readLlamaConfig(dir));
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
const coefficients = answers.map((answer) =>
  new Float32Array(answer.length).fill(-1 / (answers.length * answerLength)),
);
const requests = (count: number): SampleRequest[] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: prompts[Math.floor(i / groups) % prompts.length],
    key: { seed: 1, round: 1, role: "solver", query: Math.floor(i / groups), answer: i % groups },
  }));
// No stop token: every answer has the same length, as on the other side.
const drawing = { policy: "current", temperature: 1, maxTokens: answerLength, stopTokens: [] } as const;

async function ours(engine: Engine): Promise<Timings> {
  const adam = { lr: 1e-9, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 1 };
  return {
    sample: await median(() => engine.sample(requests(256), drawing)),
    score: await median(() => engine.logprobs(sequences, { policy: "reference", temperature: 1 })),
    train: await median(async () => {
      await engine.update(sequences, coefficients, { temperature: 1 });
      await engine.step(adam);
    }),
  };
}

const peak = await gemmPeak();
const engine = new OnnxEngine({ threads });
await engine.open({ dir });
const mine = await ours(engine);
const decode = { ...drawing, maxTokens: 32 };
const decodeSeconds = await median(() => engine.sample(requests(batchRows), decode), 10);
await engine.close();
const theirs = torch({ model: dir, threads, prompts, groups, answers, repeats });

const matrices = modelParameters(shape).filter(({ name, shape: s }) => s.length === 2 && name.includes("layers"));
const weights = matrices.reduce((sum, { shape: [rows = 0, columns = 0] }) => sum + rows * columns, 0);
const tokens = sequences.reduce((sum, { prompt, response }) => sum + prompt.length + response.length - 1, 0);
const ms = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`.padStart(10);
const share = (part: number): string => `${(100 * part).toFixed(0)} %`.padStart(6);
const ratio = (a: number, b: number | undefined): string => (b ? `${(b / a).toFixed(2)}×` : "–").padStart(8);

console.log(
  `\n${cpus()[0]?.model}, ${threads} threads, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(
  `GEMM peak here: ${(peak / 1e9).toFixed(0)} GFLOP/s (1024³, fp32). PyTorch ${theirs?.version ?? "not found"}.\n`,
);
console.log("256 answers of 4 tokens on nano   onnx    of GEMM peak   PyTorch   onnx is faster by");
const row = (name: string, key: keyof Timings, flops: number | undefined): void =>
  console.log(
    `${name.padEnd(26)}${ms(mine[key])}${flops ? share(flops / mine[key] / peak) : "     –"}       ${theirs ? ms(theirs[key]) : "         –"}  ${ratio(mine[key], theirs?.[key])}`,
  );
row("sample", "sample", undefined);
row("log-probabilities", "score", 2 * weights * tokens);
row("train: gradient and step", "train", 6 * weights * tokens);
console.log(
  `\ndecoding at batch ${batchRows}, 32 tokens each: ${Math.round((batchRows * 32) / decodeSeconds)} tokens/s`,
);
console.log(
  `outside engine and judge: ${(100 * (await loopShare())).toFixed(1)} % of a round (median of 40 rounds of addition.sparring.yaml)`,
);
