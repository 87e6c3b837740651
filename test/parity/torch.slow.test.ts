import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { AdamParams, AdapterRef, Sequence } from "../../daemon/engine/engine.ts";
import { TorchEngine } from "../../daemon/engine/torch/torch-engine.ts";
import { readSafetensors, toFloat32 } from "../../daemon/models/safetensors.ts";
import { missing as missingPython, python } from "../engine/torch/python.ts";
import { missing, modelFolder, Reference } from "./reference.ts";

/* The torch engine's own decoder against transformers and PEFT, in float32, for each way in which a family can differ. */

const lora: AdapterRef = {
  rank: 4,
  alpha: 8,
  targets: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  seed: 7,
};
/** No momentum, so that the first moment is the gradient. */
const adam: AdamParams = { lr: 1e-3, beta1: 0, beta2: 0.99, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 1e9 };
const temperature = 0.8;
const steps = 2;

type Rows = readonly ArrayLike<number>[];

/** ‖a − b‖ / ‖b‖ over all elements. */
function relativeError(a: Rows, b: Rows): number {
  const squares = (of: (i: number, t: number) => number): number =>
    b.reduce((sum, row, i) => sum + Array.from(row).reduce((s, _, t) => s + of(i, t) ** 2, 0), 0);
  assert.equal(a.length, b.length);
  return Math.sqrt(squares((i, t) => a[i]![t]! - b[i]![t]!) / squares((i, t) => b[i]![t]!));
}

function largestDifference(a: Rows, b: Rows): number {
  return Math.max(...b.flatMap((row, i) => Array.from(row, (value, t) => Math.abs(value - a[i]![t]!))));
}

/** Asserts and tells: `what: 1.2e-5 (below 0.001)`. */
function below(context: TestContext, limit: number, found: number, what: string): void {
  context.diagnostic(`${what}: ${found.toExponential(1)} (below ${limit})`);
  assert.ok(found < limit, `${what}: ${found} is not below ${limit}`);
}

for (const model of ["llama-tied", "llama-untied", "llama3", "qwen2", "qwen3"]) {
  describe(`torch: ${model} is what transformers says`, { skip: missingPython || missing(model) }, () => {
    const dir = modelFolder(model);
    let scratch = "";
    let reference: Reference;
    let engine: TorchEngine;
    let sequences: Sequence[] = [];

    before(async () => {
      scratch = mkdtempSync(join(tmpdir(), "sparring-parity-"));
      reference = new Reference();
      engine = new TorchEngine({ python, device: "cpu", threads: 2 });
      await engine.open({ dir }, { adapter: { ...lora, rslora: model === "llama3" } });
      const { vocabularySize } = engine.capabilities;
      const row = (length: number, i: number): number[] =>
        Array.from({ length }, (_, t) => (i * 7919 + t * t * 31 + t * 17) % vocabularySize);
      // Beyond llama3's first 64 positions, too.
      sequences = [2, 3, 17, 64, 65, 130, 300].map((length, i) => {
        const answer = Math.max(1, Math.floor(length / (2 + (i % 3))));
        return { prompt: row(length - answer, i), response: row(answer, i + 100) };
      });
    });
    after(async () => {
      await engine?.close();
      await reference?.close();
      rmSync(scratch, { recursive: true, force: true });
    });

    function folder(name: string): string {
      mkdirSync(join(scratch, name));
      return join(scratch, name);
    }

    test("log-probabilities; greedy answers; LoRA's gradient and steps; exports", async (context) => {
      const measure = (): Promise<Float32Array[]> => engine.logprobs(sequences, { policy: "current", temperature });
      const at = await measure();
      const plain = await reference.logprobs({ model: dir }, sequences, temperature);
      below(context, 1e-4, largestDifference(at, plain), "log-probabilities, nat");

      const prompts = sequences.slice(0, 5).map(({ prompt }) => [...Array.from(prompt)]);
      const requests = prompts.map((prompt, query) => {
        return { prompt, key: { seed: 1, round: 0, role: "evaluation", query, answer: 0 } as const };
      });
      const limits = { maxTokens: 24, stopTokens: [0] };
      const drawn = await engine.sample(requests, { ...limits, policy: "current", temperature: 0 });
      assert.deepEqual(
        drawn.map(({ tokens }) => [...tokens]),
        await reference.generate({ model: dir }, prompts, limits),
      );

      const adapter = folder("start");
      await engine.export(adapter, "peft");
      const coefficients = sequences.map(({ response }, i) =>
        Array.from({ length: response.length }, (_, t) => Math.sin(1.3 * i + 0.7 * t) / response.length),
      );
      const gradients = join(scratch, "gradients.safetensors");
      const request = { sequences, coefficients, temperature, adam, steps, gradients };
      const theirs = await reference.train({ model: dir, adapter }, request);
      const given = coefficients.map((row) => Float32Array.from(row));
      for (let step = 0; step < steps; step++) {
        await engine.update(sequences, given, { temperature });
        const { gradNorm } = await engine.step(adam);
        below(
          context,
          1e-3,
          Math.abs(gradNorm / theirs.norms[step]! - 1),
          `step ${step + 1}: gradient's norm, relative`,
        );
        const now = await measure();
        below(context, 1e-4, largestDifference(now, theirs.after[step]!), `step ${step + 1}: log-probabilities, nat`);
      }
      const state = folder("state");
      await engine.save(state);
      const moments = await readSafetensors(join(state, "optimizer.safetensors"));
      const pairs = [...(await readSafetensors(gradients))].map(([name, tensor]) => {
        return [toFloat32(moments.get(`m.${name}`)!), toFloat32(tensor)] as const;
      });
      const gradient = relativeError(
        pairs.map(([ours]) => ours),
        pairs.map(([, their]) => their),
      );
      below(context, 1e-3, gradient, "gradient, relative");

      const now = await measure();
      for (const format of ["peft", "hf"] as const) {
        const target = folder(format);
        await engine.export(target, format);
        const where = format === "peft" ? { model: dir, adapter: target } : { model: target };
        const read = await reference.logprobs(where, sequences, temperature);
        below(context, 1e-4, largestDifference(now, read), `exported as ${format}, nat`);
      }
    });
  });
}
