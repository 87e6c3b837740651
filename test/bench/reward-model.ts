/**
 * Scoring by a reward model: ours (chat template, batches by length, ONNX Runtime in its process) beside the same weights in PyTorch
 * and transformers, not compiled, sorted by length and in batches of about as many tokens. Same conversations, same number of threads,
 * in turns. The whole path goes from texts to scores; the model alone from tokens to logits, ours with its process's pipe.
 * `SPARRING_PYTHON=… npx tsx test/bench/reward-model.ts <Hugging Face folder> <exported folder> [pairs]`
 */
import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Classifier } from "../../daemon/engine/classifier/classifier.ts";
import { type RewardModel, rewardModel } from "../../daemon/judge/reward-model.ts";
import { readClassifierConfig } from "../../daemon/models/classifier-config.ts";
import { rewardReader } from "../../daemon/models/reward-reader.ts";
import { addition } from "../../daemon/tasks/addition.ts";
import { pairAt } from "../unit/judge/pairs.ts";

process.env.SPARRING_ONNX_WORKER ??= resolve("dist/onnx-worker.js");
const python = process.env.SPARRING_PYTHON ?? "python3";
const threads = 2;
const turns = 5;
/** Sequences of a batch in PyTorch: at these lengths as many tokens as ours have. */
const batch = 128;

const peer = `
import json, sys, time, torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
torch.set_num_threads(${threads})
folder = sys.argv[1]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
for line in sys.stdin:
    pairs = json.loads(line)
    started = time.perf_counter()
    messages = [[{"role": "user", "content": q}, {"role": "assistant", "content": a}] for q, a in pairs]
    texts = tokenizer.apply_chat_template(messages, tokenize=False)
    logits, forward = [0.0] * len(texts), 0.0
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    with torch.inference_mode():
        for first in range(0, len(order), ${batch}):
            some = order[first:first + ${batch}]
            inputs = tokenizer([texts[i] for i in some], add_special_tokens=False, padding=True, return_tensors="pt")
            begun = time.perf_counter()
            values = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits[:, 0].tolist()
            forward += time.perf_counter() - begun
            for i, value in zip(some, values):
                logits[i] = value
    print(json.dumps([time.perf_counter() - started, forward, logits]), flush=True)
`;

const [source, exported, count = "2048"] = process.argv.slice(2);
if (!source || !exported) throw new Error("give the Hugging Face folder and the exported one");

const pairs = Array.from({ length: Number(count) }, (_, i) => {
  const query = addition.draw((i + 0.5) / Number(count));
  // Answers of one to some twenty tokens, as they come in a round.
  return pairAt(query, addition.expected(query).repeat(1 + ((i * 7) % 6)), i);
});

// Threads that wait awake take each other's turns on a busy machine: PyTorch would look slower than it is.
const env = { ...process.env, OMP_NUM_THREADS: String(threads), OMP_WAIT_POLICY: "PASSIVE" };
const child = spawn(python, ["-c", peer, source], { env, stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
/** Seconds of a turn: from texts to scores, and of these the model's own. */
interface Turn {
  readonly whole: number;
  readonly model: number;
  readonly logits: readonly number[];
}

async function theirs(): Promise<Turn> {
  child.stdin.write(`${JSON.stringify(pairs.map(({ query, answer }) => [query, answer]))}\n`);
  const [whole, model, logits] = JSON.parse((await lines.next()).value as string) as [number, number, number[]];
  return { whole, model, logits };
}

const config = await readClassifierConfig(exported);
const read = await rewardReader(exported, config);
const classifier = new Classifier({ dir: exported, padTokenId: config.padTokenId }, threads);
const model = { name: "bench", read, maxTokens: config.maxTokens };
async function ours(): Promise<Turn> {
  const started = performance.now();
  let inModel = 0;
  const classify: RewardModel["classify"] = async (some, options) => {
    const begun = performance.now();
    const classified = await classifier.classify(some, options);
    inModel = performance.now() - begun;
    return classified;
  };
  const judgements = await rewardModel({ ...model, classify }, "logit").score(pairs);
  const whole = (performance.now() - started) / 1000;
  return { whole, model: inModel / 1000, logits: judgements.map(({ value }) => value!) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

// The first turn of each warms up.
const [firstOurs, firstTheirs] = [await ours(), await theirs()];
const difference = Math.max(...firstOurs.logits.map((logit, i) => Math.abs(logit - firstTheirs.logits[i]!)));
const taken: { ours: Turn[]; theirs: Turn[] } = { ours: [], theirs: [] };
for (let turn = 0; turn < turns; turn++) {
  taken.ours.push(await ours());
  taken.theirs.push(await theirs());
}
child.stdin.end();
await classifier.close();

console.log(`${pairs.length} pairs, ${threads} threads, median of ${turns} turns, load ${loadavg()[0]!.toFixed(1)}`);
console.log(`largest difference of a logit: ${difference.toExponential(1)}`);
console.log("pairs/s            ours   PyTorch   ratio (goal: 1.2)");
for (const [what, part] of [
  ["texts to scores", "whole"],
  ["model alone", "model"],
] as const) {
  const [own, peers] = [median(taken.ours.map((each) => each[part])), median(taken.theirs.map((each) => each[part]))];
  const rate = (seconds: number, width: number): string => (pairs.length / seconds).toFixed(0).padStart(width);
  console.log(`${what.padEnd(15)}${rate(own, 8)}${rate(peers, 10)}${(peers / own).toFixed(2).padStart(8)}`);
}
