import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { AdamParams, AdapterRef, Engine, Sequence } from "../../daemon/engine/engine.ts";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { readSafetensors, toFloat32 } from "../../daemon/models/safetensors.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { missing, modelFolder, Reference } from "./reference.ts";
import { nastyChats, nastyTexts } from "./strings.ts";

/* What our engine and tokenizer compute against transformers and PEFT, on a model folder of setup.sh's. */

export interface ParityOptions {
  /** Lengths of the sequences whose log-probabilities are compared: prompt and response, tokens. */
  readonly lengths: readonly number[];
  /** Train all weights, too: memory for six copies of them. */
  readonly full: boolean;
  /** The adapter is an rsLoRA. */
  readonly rslora?: boolean;
}

const temperature = 0.8;
/** No momentum, so that the first moment is the gradient; no clipping. */
const adam: AdamParams = { lr: 1e-3, beta1: 0, beta2: 0.99, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 1e9 };
const lora: AdapterRef = {
  rank: 4,
  alpha: 8,
  targets: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  seed: 7,
};
const steps = 2;

/** ‖a − b‖ / ‖b‖ over all elements. */
function relativeError(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let difference = 0;
  let norm = 0;
  for (const [i, row] of b.entries()) {
    assert.equal(a[i]!.length, row.length);
    for (let t = 0; t < row.length; t++) {
      difference += (a[i]![t]! - row[t]!) ** 2;
      norm += row[t]! ** 2;
    }
  }
  assert.ok(norm > 0, "there is nothing to compare");
  return Math.sqrt(difference / norm);
}

function largestDifference(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  assert.equal(a.length, b.length);
  return Math.max(
    ...b.flatMap((row, i) => {
      assert.equal(a[i]!.length, row.length, `row ${i}`);
      return Array.from(row, (value, t) => Math.abs(value - a[i]![t]!));
    }),
  );
}

function minus(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number[][] {
  return a.map((row, i) => Array.from(row, (value, t) => value - b[i]![t]!));
}

/** Asserts and tells: `what: 1.2e-5 (below 0.001)`. */
function below(context: TestContext, limit: number, found: number, what: string): void {
  context.diagnostic(`${what}: ${found.toExponential(1)} (below ${limit})`);
  assert.ok(found < limit, `${what}: ${found} is not below ${limit}`);
}

export function parity(model: string, options: ParityOptions): void {
  describe(`${model} is what transformers says`, { skip: missing(model) }, () => {
    const dir = modelFolder(model);
    let scratch = "";
    let reference: Reference;
    let engine: Engine;
    let tokenizer: ChatTokenizer;
    /** Cut from one long text, so that lengths are exactly those asked for. */
    let sequences: Sequence[] = [];

    before(async () => {
      scratch = mkdtempSync(join(tmpdir(), "sparring-parity-"));
      reference = new Reference();
      tokenizer = await ChatTokenizer.load(dir);
      engine = new OnnxEngine({ threads: 2 });
      await engine.open({ dir });
      const pool = tokenizer.encode(nastyTexts.join(" "));
      sequences = options.lengths.map((length, i) => {
        const cut = pool.slice(i * 37, i * 37 + length);
        const answer = Math.max(1, Math.floor(length / (2 + (i % 3))));
        return { prompt: cut.slice(0, length - answer), response: cut.slice(length - answer) };
      });
    });
    after(async () => {
      await engine?.close();
      await reference?.close();
      rmSync(scratch, { recursive: true, force: true });
    });

    /** An empty folder. */
    function folder(name: string): string {
      mkdirSync(join(scratch, name));
      return join(scratch, name);
    }

    test("texts become the same tokens", async () => {
      const expected = await reference.encode(dir, nastyTexts);
      for (const [i, text] of nastyTexts.entries()) {
        assert.deepEqual(tokenizer.encode(text), expected[i], JSON.stringify(text));
      }
    });

    test("tokens become the same texts", async () => {
      const tokens = nastyTexts.map((text) => tokenizer.encode(text));
      const expected = await reference.decode(dir, tokens);
      for (const [i, ids] of tokens.entries()) {
        assert.equal(tokenizer.decode(ids), expected[i], JSON.stringify(nastyTexts[i]));
      }
    });

    test("chats become the same tokens", async () => {
      const expected = await reference.chat(dir, nastyChats);
      for (const [i, messages] of nastyChats.entries()) {
        assert.deepEqual(tokenizer.renderPrompt(messages), expected[i], JSON.stringify(messages));
      }
    });

    for (const t of [1, temperature]) {
      test(`log-probabilities of a ragged batch, temperature ${t}`, async (context) => {
        const expected = await reference.logprobs({ model: dir }, sequences, t);
        const ours = await engine.logprobs(sequences, { policy: "current", temperature: t });
        below(context, 1e-3, largestDifference(ours, expected), "largest difference, nat");
      });
    }

    test("greedy decoding with a cache is the full pass, and transformers' generate", async (context) => {
      const prompts = [
        ...sequences.map(({ prompt }) => prompt),
        ...nastyChats.slice(-4).map((chat) => tokenizer.renderPrompt(chat)),
      ]
        .filter(({ length }) => length <= options.lengths.at(-1)! - 24)
        .map((prompt) => Array.from(prompt));
      const limits = { maxTokens: 24, stopTokens: tokenizer.stopTokens };
      const key = { seed: 1, round: 0, role: "evaluation", answer: 0 } as const;
      const requests = prompts.map((prompt, query) => ({ prompt, key: { ...key, query } }));
      const answers = await engine.sample(requests, { ...limits, policy: "current", temperature: 0 });
      const expected = await reference.generate({ model: dir }, prompts, limits);
      for (const [i, { tokens }] of answers.entries()) assert.deepEqual([...tokens], expected[i], `prompt ${i}`);
      const full = await engine.logprobs(
        answers.map(({ tokens }, i) => ({ prompt: prompts[i]!, response: tokens })),
        { policy: "current", temperature: 1 },
      );
      const reported = answers.map(({ logprobs }) => logprobs);
      below(context, 1e-3, largestDifference(reported, full), "cached against full, nat");
    });

    const adapters = [{ ...lora, rslora: options.rslora ?? false }, ...(options.full ? [undefined] : [])];
    for (const adapter of adapters) {
      const kind = adapter ? (adapter.rslora ? "rsLoRA" : "LoRA") : "full training";
      test(`${kind}: gradient, and ${steps} steps, as PyTorch and PEFT compute them; exports load there`, async (context) => {
        const trainer = new OnnxEngine({ threads: 2 });
        try {
          await trainer.open({ dir }, adapter && { adapter });
          const batch = sequences.slice(0, 8);
          const coefficients = batch.map(({ response }, i) =>
            Array.from({ length: response.length }, (_, t) => Math.sin(1.3 * i + 0.7 * t) / response.length),
          );
          const start = adapter && folder(`${kind} start`);
          if (start) await trainer.export(start, "peft");
          const gradients = join(scratch, `${kind}.safetensors`);
          const request = { sequences: batch, coefficients, temperature, adam, steps, gradients };
          const theirs = await reference.train({ model: dir, ...(start && { adapter: start }) }, request);

          const measure = (): Promise<Float32Array[]> => trainer.logprobs(batch, { policy: "current", temperature });
          const at = await measure();
          const given = coefficients.map((row) => Float32Array.from(row));
          for (let step = 0; step < steps; step++) {
            await trainer.update(batch, given, { temperature });
            const { gradNorm } = await trainer.step(adam);
            const norm = Math.abs(gradNorm / theirs.norms[step]! - 1);
            below(context, 1e-3, norm, `step ${step + 1}: norm of the gradient, relative`);
            const change = relativeError(minus(await measure(), at), minus(theirs.after[step]!, at));
            below(context, 1e-3, change, `step ${step + 1}: change of log-probabilities, relative`);
          }

          const state = folder(`${kind} state`);
          await trainer.save(state);
          const moments = await readSafetensors(join(state, "optimizer.safetensors"));
          const expected = await readSafetensors(gradients);
          const pairs = [...expected].map(([name, tensor]) => {
            const ours = moments.get(`m.${name}`);
            assert.ok(ours, `there is no gradient of ${name}`);
            return [toFloat32(ours), toFloat32(tensor)] as const;
          });
          const gradient = relativeError(
            pairs.map(([ours]) => ours),
            pairs.map(([, their]) => their),
          );
          below(context, 1e-3, gradient, "gradient, relative");
          // Small tensors' gradients cancel where a model is deep: both sides round in single precision.
          const worst = Math.max(...pairs.map(([ours, their]) => relativeError([ours], [their])));
          assert.equal([...moments.keys()].filter((name) => name.startsWith("m.")).length, expected.size);
          below(context, 5e-3, worst, "gradient of a tensor, relative, at most");

          const now = await measure();
          for (const format of adapter ? (["peft", "hf"] as const) : (["hf"] as const)) {
            const target = folder(`${kind} ${format}`);
            await trainer.export(target, format);
            const where = format === "peft" ? { model: dir, adapter: target } : { model: target };
            const read = await reference.logprobs(where, batch, temperature);
            below(context, 1e-3, largestDifference(now, read), `exported as ${format}, nat`);
          }
        } finally {
          await trainer.close();
        }
      });
    }
  });
}
