import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, SampleRequest, Sequence } from "../../daemon/engine/engine.ts";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { TorchEngine } from "../../daemon/engine/torch/torch-engine.ts";

/*
 * `npm run bench:trl`: one GRPO round (generation, reference log-probabilities, gradient, optimizer step) of both engines against
 * TRL's GRPOTrainer, on one small random Llama, on the same cores, with as many tokens, in one run. SPARRING_PYTHON names an
 * interpreter with torch, transformers and trl (test/parity/setup.sh makes one).
 */

const python = process.env.SPARRING_PYTHON;
if (!python) throw new Error("SPARRING_PYTHON has to name an interpreter with torch and trl: see test/parity/setup.sh");
const threads = Math.min(8, availableParallelism());
const [queries, groups, promptTokens, answerTokens, steps] = [8, 8, 64, 64, 8];
const vocabulary = 8192;
const model = {
  hidden_size: 256,
  intermediate_size: 688,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  vocab_size: vocabulary,
  max_position_embeddings: 512,
  tie_word_embeddings: true,
};
/** Steps that are not counted: the first ones build programs and warm up. */
const warm = 2;

const dir = mkdtempSync(join(tmpdir(), "sparring-bench-"));
try {
  runPython("make_llama.py", JSON.stringify(model), [dir]);
  // Any tokens do, but for the last one, which ends an answer there; the same for all, by a fixed rule.
  const prompts = Array.from({ length: queries }, (_, q) =>
    Array.from({ length: promptTokens }, (_, t) => (q * 7919 + t * 104_729) % (vocabulary - 1)),
  );
  const variants = ["default", "tuned"];
  const request = { model: dir, threads, prompts, groups, answerTokens, steps, variants, device: "cpu" };
  // Ours before and after theirs: this machine's speed drifts.
  const before = await ours(prompts);
  const theirs: Trl = JSON.parse(runPython("trl_round.py", `${JSON.stringify(request)}\n`));
  const after = await ours(prompts);
  report(before, after, theirs);
} finally {
  rmSync(dir, { recursive: true });
}

interface Trl {
  /** Seconds of each step, per variant. */
  readonly times: Readonly<Record<string, readonly number[]>>;
  readonly versions: Readonly<Record<string, string>>;
}

type Phase = "sample" | "reference" | "gradient" | "step";
type Round = Readonly<Record<Phase, number>>;

function runPython(script: string, input: string, args: readonly string[] = []): string {
  const path = new URL(`./trl/${script}`, import.meta.url).pathname;
  const run = spawnSync(python!, [path, ...args], { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (run.status !== 0) throw new Error(`${script} failed:\n${run.stderr}`);
  return run.stdout;
}

/** Medians of each engine's phases, seconds. */
async function ours(prompts: readonly number[][]): Promise<Readonly<Record<string, Round>>> {
  const engines = { torch: new TorchEngine({ python: python!, threads }), onnx: new OnnxEngine({ threads }) };
  const rounds: Record<string, Round> = {};
  for (const [name, engine] of Object.entries(engines)) {
    try {
      await engine.open({ dir });
      rounds[name] = await medianRound(engine, prompts);
    } finally {
      await engine.close();
    }
  }
  return rounds;
}

async function medianRound(engine: Engine, prompts: readonly number[][]): Promise<Round> {
  const rounds: Round[] = [];
  for (let round = 0; round < steps; round++) rounds.push(await playRound(engine, prompts, round));
  const counted = rounds.slice(warm);
  const at = (phase: Phase): number => median(counted.map((each) => each[phase]));
  return { sample: at("sample"), reference: at("reference"), gradient: at("gradient"), step: at("step") };
}

/** What a round of GRPO asks of an engine. */
async function playRound(engine: Engine, prompts: readonly number[][], round: number): Promise<Round> {
  const requests: SampleRequest[] = prompts.flatMap((prompt, query) =>
    Array.from({ length: groups }, (_, answer) => {
      return { prompt, key: { seed: 1, round, role: "solver" as const, query, answer } };
    }),
  );
  const drawing = { policy: "current", temperature: 1, maxTokens: answerTokens, stopTokens: [vocabulary - 1] } as const;
  const [completions, sample] = await timed(() => engine.sample(requests, drawing));
  const batch: Sequence[] = completions.map(({ tokens }, i) => ({ prompt: requests[i]!.prompt, response: tokens }));
  const at = { temperature: 1 };
  const [, reference] = await timed(() => engine.logprobs(batch, { ...at, policy: "reference" }));
  const coefficients = batch.map(({ response }, i) => {
    return new Float32Array(response.length).fill(((i % 7) - 3) / (batch.length * response.length));
  });
  const [, gradient] = await timed(() => engine.update(batch, coefficients, at));
  const adam = { lr: 1e-9, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 };
  const [, step] = await timed(() => engine.step(adam));
  return { sample, reference, gradient, step };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function total(round: Round): number {
  return round.sample + round.reference + round.gradient + round.step;
}

function report(
  before: Readonly<Record<string, Round>>,
  after: Readonly<Record<string, Round>>,
  { times, versions }: Trl,
): void {
  const date = new Date().toISOString().slice(0, 10);
  const versionLine = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  console.log(`${cpus()[0]!.model}, ${threads} threads, Node ${process.version}, ${versionLine.join(", ")}, ${date}`);
  console.log(
    `${queries} queries × ${groups} answers, ${promptTokens} + ${answerTokens} tokens, a Llama of 4 layers, 256 wide, ${vocabulary} words, all weights trained; medians of ${steps - warm} rounds\n`,
  );
  const trl = Object.entries(times).map(([variant, seconds]) => [variant, median(seconds.slice(warm))] as const);
  console.log(["", "sample", "reference", "gradient", "step", "round"].map((cell) => cell.padStart(11)).join(""));
  const rows = Object.keys(before).flatMap((name) => [
    [`${name} (before)`, before[name]!] as const,
    [`${name} (after)`, after[name]!] as const,
  ]);
  for (const [name, round] of rows) {
    const cells = [round.sample, round.reference, round.gradient, round.step, total(round)].map(seconds);
    const ratios = trl.map(([variant, theirs]) => `${(theirs / total(round)).toFixed(2)}× TRL ${variant}`);
    console.log(`${name.padEnd(16)}${cells.join("")}   ${ratios.join(", ")}`);
  }
  for (const [variant, theirs] of trl) console.log(`TRL ${variant}`.padEnd(60) + seconds(theirs));
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`.padStart(11);
}
