import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LlamaShape, shapeOf } from "../../../daemon/engine/onnx/llama/shape.ts";
import { readDecoderConfig } from "../../../daemon/models/config.ts";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { memoryParts, type Workload } from "../../../daemon/runs/control/memory/parts.ts";

const nano = shapeOf(await readDecoderConfig((await resolveModel("builtin:nano", ".")).dir));
/** SmolLM2-135M. */
const smol: LlamaShape = {
  ...nano,
  hidden: 576,
  intermediate: 1536,
  layers: 30,
  heads: 9,
  kvHeads: 3,
  headSize: 64,
  vocabulary: 49_152,
  maxPositions: 8192,
};
const lora: Workload["adapter"] = {
  rank: 16,
  alpha: 32,
  targets: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  seed: 1,
};
const base = { hasOwnReference: false, microBatchTokens: undefined };
const onNano = { ...base, shape: nano, adapter: undefined, fileBytes: 4e6, promptTokens: 8, answerTokens: 5 };
const onSmol = { ...base, shape: smol, fileBytes: 538e6, promptTokens: 34 };
const sum = (workload: Workload): number => memoryParts(workload).reduce((total, { bytes }) => total + bytes, 0);

describe("the memory of a run", () => {
  test("is near what was measured of the engine's process (VmHWM after one to four rounds, MiB)", () => {
    const measured: readonly (readonly [Workload, number])[] = [
      [{ ...onNano, answers: 256 }, 608],
      [{ ...onNano, answers: 16 }, 172],
      [{ ...onSmol, adapter: lora, answers: 16, answerTokens: 32 }, 1360],
      [{ ...onSmol, adapter: lora, answers: 8, answerTokens: 128, microBatchTokens: 1024 }, 2259],
      [{ ...onSmol, adapter: undefined, answers: 4, answerTokens: 16 }, 4718],
    ];
    for (const [workload, mib] of measured) {
      const error = sum(workload) / 2 ** 20 / mib - 1;
      assert.ok(Math.abs(error) < 0.15, `${mib} MiB: ${(100 * error).toFixed(0)} %`);
    }
  });

  test("grows with what is asked for, and not beyond the engine's budgets", () => {
    const workload: Workload = { ...onSmol, adapter: lora, answers: 16, answerTokens: 32 };
    const bytes = sum(workload);
    assert.ok(sum({ ...workload, hasOwnReference: true }) > bytes + 500e6);
    assert.ok(sum({ ...workload, microBatchTokens: 1024 }) > bytes);
    assert.ok(sum({ ...workload, adapter: { ...lora, rank: 64 } }) > bytes);
    const most = sum({ ...workload, answers: 1e6, answerTokens: 2000, promptTokens: 4000 });
    assert.equal(most, sum({ ...workload, answers: 1e7, answerTokens: 2000, promptTokens: 4000 }));
  });

  test("is that of opening a model where training needs less", () => {
    const small: Workload = { ...onSmol, adapter: lora, answers: 2, answerTokens: 1, promptTokens: 1, fileBytes: 2e9 };
    const parts = memoryParts(small);
    assert.match(parts.at(-1)!.what, /files/);
    assert.ok(sum(small) > 2e9 + 538e6);
  });
});
