/**
 * What SmolLM2-135M costs, beside PyTorch on the same cores: `node build.mjs && tsx test/parity/measure.ts`, after
 * `test/parity/setup.sh smollm2`. Prints a Markdown table; one run each after one to warm up.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { streamUniform } from "../../daemon/engine/random.ts";
import { missing, modelFolder, Reference } from "./reference.ts";

const reason = missing("smollm2");
if (reason) throw new Error(reason);
process.env.SPARRING_ONNX_WORKER ??= resolve("dist/onnx-worker.js");

const dir = modelFolder("smollm2");
const threads = Math.min(8, availableParallelism());
const rows = 8;
const promptLength = 64;
const answerLength = 64;
const adam = { lr: 1e-6, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 };
const token = (row: number, position: number): number => Math.floor(streamUniform(row, "tasks", position) * 49_000);
const cut = (from: number, length: number): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from({ length }, (_, i) => token(row, from + i)));
const [prompts, responses] = [cut(0, promptLength), cut(promptLength, answerLength)];

/** The worker's memory in RAM, now and at most so far, MB (Linux). */
function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const value = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  return { now: value("VmRSS"), peak: value("VmHWM") };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const engine = new OnnxEngine({ threads });
const adapter = { rank: 8, alpha: 16, targets: ["q_proj", "k_proj", "v_proj", "o_proj"], seed: 1 } as const;
const cells: [what: string, ours: string, theirs: string][] = [];
const tell = (what: string, ours: string, theirs = ""): void => {
  cells.push([what, ours, theirs]);
  console.error(`${what}: ${ours} ${theirs}`);
};
const megabytes = (): string => {
  const { now, peak } = memory(engine.pid!);
  return `${now.toFixed(0)} MB, at most ${peak.toFixed(0)} MB`;
};

tell("open, LoRA", `${(await seconds(() => engine.open({ dir }, { adapter }))).toFixed(1)} s`);
tell("memory after opening", megabytes());

const requests = prompts.map((prompt, query) => {
  return { prompt, key: { seed: 1, round: 1, role: "solver", query, answer: 0 } as const };
});
const drawing = { policy: "current", temperature: 1, maxTokens: answerLength, stopTokens: [] } as const;
const sample = (): Promise<unknown> => engine.sample(requests, drawing);
const sequences = prompts.map((prompt, row) => ({ prompt, response: responses[row]! }));
const coefficients = responses.map(({ length }) => new Float32Array(length).fill(-1 / (rows * length)));
async function update(): Promise<void> {
  await engine.update(sequences, coefficients, { temperature: 1 });
  await engine.step(adam);
}
const first = { sample: await seconds(sample), update: 0 };
const steady = { sample: await seconds(sample), update: 0 };
tell("memory after sampling", megabytes());
first.update = await seconds(update);
steady.update = await seconds(update);
tell("memory after an update", megabytes());
// Ragged lengths: programs of other shapes.
for (const length of [40, 56, 90, 110]) {
  const short = sequences.map(({ prompt, response }) => ({
    prompt: prompt.slice(-length / 2),
    response: response.slice(-length / 2),
  }));
  await engine.update(
    short,
    short.map(({ response }) => new Float32Array(response.length).fill(1e-3)),
    { temperature: 1 },
  );
}
tell("memory after updates of four other lengths", megabytes());
const { microBatchTokens } = engine.capabilities.fingerprint;

const scratch = mkdtempSync(join(tmpdir(), "sparring-measure-"));
const reference = new Reference();
try {
  await engine.export(scratch, "peft");
  const microBatch = 2 ** Math.floor(Math.log2(Number(microBatchTokens) / (promptLength + answerLength)));
  const request = { threads, prompts, responses, maxTokens: answerLength, microBatch };
  const theirs = await reference.timing({ model: dir, adapter: scratch }, request);
  const rate = (time: number): string => ((rows * answerLength) / time).toFixed(0);
  tell(
    `sampling, ${rows} × ${answerLength} tokens`,
    `${rate(steady.sample)} tokens/s`,
    `${rate(theirs.sample)} tokens/s`,
  );
  tell("the same, first time", `${rate(first.sample)} tokens/s`);
  const what = `LoRA update and step, ${rows} × ${promptLength + answerLength} tokens (${microBatch} a micro-batch)`;
  tell(what, `${steady.update.toFixed(1)} s`, `${theirs.update.toFixed(1)} s`);
  tell("the same, first time", `${first.update.toFixed(1)} s`);
} finally {
  await reference.close();
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${cpus()[0]?.model}, ${threads} threads, SmolLM2-135M-Instruct in float32\n`);
console.log("| | onnx engine | transformers + PEFT, eager attention |\n|---|---|---|");
for (const row of cells) console.log(`| ${row.join(" | ")} |`);
