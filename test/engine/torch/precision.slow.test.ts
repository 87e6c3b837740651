import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { TorchEngine } from "../../../daemon/engine/torch/torch-engine.ts";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { missing, python } from "./python.ts";

/* On nano, at the shapes of a real round: 256 answers of up to 4 tokens behind 9-token prompts that repeat within groups of 8. */

const digit = (n: number): number => 7 + (n % 10);
const batch = Array.from({ length: 256 }, (_, i) => ({
  prompt: Array.from({ length: 9 }, (_, t) => digit(Math.floor(i / 8) * t)),
  response: Array.from({ length: 4 }, (_, t) => digit(i * 7 + t)),
}));
const coefficients = batch.map((_, i) => Float32Array.from({ length: 4 }, (_, t) => Math.sin(i * 4 + t) / 256));
const adam = { lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 };
const lora = { rank: 8, alpha: 16, targets: ["q_proj", "v_proj", "down_proj"], seed: 3 } as const;
const measured = { policy: "current", temperature: 1 } as const;

describe("torch precision", { skip: missing }, () => {
  let folder = "";
  let dir = "";
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "sparring-precision-"));
    dir = (await resolveModel("builtin:nano", ".")).dir;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function opened<T>(
    precision: "float32" | "bfloat16",
    adapter: typeof lora | undefined,
    work: (engine: TorchEngine) => Promise<T>,
  ): Promise<T> {
    const engine = new TorchEngine({ python, device: "cpu", precision, threads: 2 });
    try {
      await engine.open({ dir }, adapter && { adapter });
      return await work(engine);
    } finally {
      await engine.close();
    }
  }

  test("float32: 15 steps with 2 threads, in each of two processes, end in the same bits", async () => {
    const ends: string[] = [];
    for (const name of ["first", "second"]) {
      const end = join(folder, name);
      mkdirSync(end);
      await opened("float32", undefined, async (engine) => {
        for (let run = 0; run < 15; run++) {
          await engine.update(batch, coefficients, { temperature: 1 });
          await engine.step(adam);
        }
        await engine.save(end);
      });
      // One bit that differs in any gradient would be in the moments ever after.
      ends.push(
        createHash("sha256")
          .update(readFileSync(join(end, "optimizer.safetensors")))
          .digest("hex"),
      );
    }
    assert.equal(ends[1], ends[0]);
  });

  for (const [kind, adapter] of [
    ["LoRA", lora],
    ["full training", undefined],
  ] as const) {
    test(`bfloat16, ${kind}: near float32, and small steps reach the float32 weights`, async () => {
      const play = async (
        engine: TorchEngine,
      ): Promise<{ before: Float32Array[]; norm: number; after: Float32Array[] }> => {
        const before = await engine.logprobs(batch, measured);
        await engine.update(batch, coefficients, { temperature: 1 });
        const { gradNorm } = await engine.step(adam);
        return { before, norm: gradNorm, after: await engine.logprobs(batch, measured) };
      };
      const exact = await opened("float32", adapter, play);
      const rough = await opened("bfloat16", adapter, async (engine) => {
        const result = await play(engine);
        const [first, second] = [join(folder, `${kind}-1`), join(folder, `${kind}-2`)];
        mkdirSync(first);
        mkdirSync(second);
        await engine.save(first);
        // Far below the spacing of bfloat16 at these weights.
        await engine.update(batch, coefficients, { temperature: 1 });
        await engine.step({ ...adam, lr: 1e-7 });
        await engine.save(second);
        const file = adapter ? "adapter_model.safetensors" : "model.safetensors";
        assert.notDeepEqual(readFileSync(join(second, file)), readFileSync(join(first, file)));
        const drawn = await engine.sample(
          batch.map(({ prompt }, query) => ({ prompt, key: { seed: 1, round: 1, role: "solver", query, answer: 0 } })),
          { ...measured, maxTokens: 4, stopTokens: [2] },
        );
        assert.ok(drawn.every(({ tokens }) => tokens.length > 0));
        return result;
      });
      const error = (a: Float32Array[], b: Float32Array[]): number =>
        Math.sqrt(
          a.reduce((sum, row, i) => sum + row.reduce((s, l, t) => s + (l - b[i]![t]!) ** 2, 0), 0) / (4 * a.length),
        );
      // A bfloat16 has 8 bits: logits of size 10 are rounded by some 0.03.
      assert.ok(error(rough.before, exact.before) < 0.2, `${error(rough.before, exact.before)}`);
      assert.ok(error(rough.after, exact.after) < 0.2, `${error(rough.after, exact.after)}`);
      assert.ok(Math.abs(rough.norm / exact.norm - 1) < 0.05, `${rough.norm} against ${exact.norm}`);
    });
  }
});
