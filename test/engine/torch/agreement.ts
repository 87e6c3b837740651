import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { AdamParams, AdapterRef, Engine, Sequence } from "../../../daemon/engine/engine.ts";
import { OnnxEngine } from "../../../daemon/engine/onnx/onnx-engine.ts";
import { TorchEngine } from "../../../daemon/engine/torch/torch-engine.ts";
import { readSafetensors, toFloat32 } from "../../../daemon/models/safetensors.ts";
import { python } from "./python.ts";

const lora: AdapterRef = {
  rank: 4,
  alpha: 8,
  targets: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  seed: 7,
};
/** No momentum, so that the first moment is the gradient. */
const adam: AdamParams = { lr: 1e-3, beta1: 0, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, maxGradNorm: 0 };
const temperature = 0.8;
const drawing = { policy: "current", temperature, maxTokens: 12, stopTokens: [2] } as const;

export interface AgreementOptions {
  /** Finds or writes the model; what it writes goes into this folder. */
  readonly dir: (folder: string) => Promise<string>;
  /** Prompts for a vocabulary of this size. */
  readonly prompts: (vocabularySize: number, dir: string) => Promise<number[][]>;
  /** Answers drawn to each. */
  readonly answers: number;
  /** Train all weights, too. */
  readonly full: boolean;
  /** Why it can't be done here. */
  readonly skip: string | false;
}

interface State {
  readonly dir: string;
  readonly weights: Float32Array[];
  readonly gradient: Float32Array[];
}

/** ‖a − b‖ / ‖b‖ over all elements. */
function relativeError(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let difference = 0;
  let norm = 0;
  assert.equal(a.length, b.length);
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

function largestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  assert.deepEqual(
    a.map(({ length }) => length),
    b.map(({ length }) => length),
  );
  return Math.max(...a.flatMap((row, i) => Array.from(row, (value, t) => Math.abs(value - b[i]![t]!))));
}

/** Asserts and tells: `what: 1.2e-5 (below 0.001)`. */
function below(context: TestContext, limit: number, found: number, what: string): void {
  context.diagnostic(`${what}: ${found.toExponential(1)} (below ${limit})`);
  assert.ok(found < limit, `${what}: ${found} is not below ${limit}`);
}

/**
 * Both engines on the same weights: the same adapters, log-probabilities, tokens, gradients and steps, and checkpoints that
 * open in the other one.
 */
export function agreement(model: string, options: AgreementOptions): void {
  describe(`${model}: the torch engine agrees with the onnx engine`, { skip: options.skip }, () => {
    let folder = "";
    let dir = "";
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "sparring-agreement-"));
      dir = await options.dir(folder);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    async function saved(engine: Engine, name: string): Promise<State> {
      const at = join(folder, name);
      mkdirSync(at);
      await engine.save(at);
      const tensors = async (file: string, prefix: string): Promise<Float32Array[]> => {
        const all = [...(await readSafetensors(join(at, file)))].filter(([key]) => key.startsWith(prefix));
        return all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tensor]) => toFloat32(tensor));
      };
      const file =
        engine.capabilities.trainableParameters < engine.capabilities.totalParameters ? "adapter_model" : "model";
      return {
        dir: at,
        weights: await tensors(`${file}.safetensors`, ""),
        gradient: await tensors("optimizer.safetensors", "m."),
      };
    }

    for (const adapter of options.full ? [lora, undefined] : [lora]) {
      const kind = adapter ? "LoRA" : "full training";
      test(kind, async (context) => {
        const onnx = new OnnxEngine({ threads: 2 });
        const torch = new TorchEngine({ python, device: "cpu", threads: 2 });
        const name = (what: string): string => `${kind} ${what}`;
        const both = <T>(work: (engine: Engine) => Promise<T>): Promise<[T, T]> =>
          Promise.all([work(onnx), work(torch)]);
        try {
          await both((engine) => engine.open({ dir }, adapter && { adapter }));
          assert.equal(torch.capabilities.trainableParameters, onnx.capabilities.trainableParameters);
          const start = await Promise.all([saved(onnx, name("onnx start")), saved(torch, name("torch start"))]);
          assert.deepEqual(start[1].weights, start[0].weights, "the same initial weights");

          const prompts = await options.prompts(torch.capabilities.vocabularySize, dir);
          const requests = prompts.flatMap((prompt, query) =>
            Array.from({ length: options.answers }, (_, answer) => {
              return { prompt, key: { seed: 2 ** 40 + 42, round: 3, role: "solver", query, answer } as const };
            }),
          );
          const drawn = await both((engine) => engine.sample(requests, drawing));
          const others = drawn[0].filter(({ tokens }, i) => String(tokens) !== String(drawn[1][i]!.tokens)).length;
          // Rounding may tip a draw that is near a tie; a real difference would show in most answers.
          assert.ok(others <= 1, `${others} of ${requests.length} answers differ`);

          const batch: Sequence[] = drawn[0].map(({ tokens }, i) => ({
            prompt: requests[i]!.prompt,
            response: tokens,
          }));
          const coefficients = batch.map(({ response }, i) =>
            Float32Array.from({ length: response.length }, (_, t) => Math.sin(1.3 * i + 0.7 * t) / requests.length),
          );
          const measure = (engine: Engine): Promise<Float32Array[]> =>
            engine.logprobs(batch, { policy: "current", temperature });
          const train = async (engine: Engine): Promise<number> => {
            await engine.update(batch, coefficients, { temperature });
            return (await engine.step(adam)).gradNorm;
          };

          // A step first, so that LoRA's B is not zero; torch goes on from onnx's checkpoint.
          await train(onnx);
          await torch.load((await saved(onnx, name("onnx first"))).dir);
          const [first, theirs] = await both(measure);
          below(context, 1e-4, largestDifference(theirs, first), "log-probabilities from onnx's checkpoint, nat");

          const norms = await both(train);
          below(context, 1e-3, Math.abs(norms[1] / norms[0] - 1), "norm of the gradient, relative");
          const [a, b] = [await saved(onnx, name("onnx second")), await saved(torch, name("torch second"))];
          below(context, 1e-3, relativeError(b.gradient, a.gradient), "gradient, relative");
          below(context, 1e-4, relativeError(b.weights, a.weights), "weights after the step, relative");
          for (const file of ["engine.json", ...(adapter ? ["adapter_config.json"] : [])]) {
            assert.equal(readFileSync(join(b.dir, file), "utf8"), readFileSync(join(a.dir, file), "utf8"));
          }

          // And back: onnx goes on from torch's checkpoint.
          await onnx.load(b.dir);
          const [back, now] = await both(measure);
          below(context, 1e-4, largestDifference(back, now), "log-probabilities from torch's checkpoint, nat");
          assert.ok(largestDifference(now, first) > 1e-3, "the step moved something");
          assert.equal((await onnx.step(adam)).step, 3);
        } finally {
          await onnx.close();
          await torch.close();
        }
      });
    }
  });
}
