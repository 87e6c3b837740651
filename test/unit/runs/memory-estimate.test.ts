import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import type { ResultOf } from "../../../daemon/protocol.ts";
import type { DeviceMemory } from "../../../daemon/runs/drafts/memory/device.ts";
import { estimateMemory } from "../../../daemon/runs/drafts/memory/estimate.ts";
import { totalBytes } from "../../../daemon/runs/drafts/memory/workload.ts";

const text = `
model: { path: "builtin:nano" }
game: { task: addition, queries: 512, answers: 16, rounds: 1 }
algorithm: { name: grpo }
solver: { max_tokens: 5 }
`;

function estimate(memory: DeviceMemory, ...overrides: string[]): Promise<ResultOf<"sparring/engine/estimate">> {
  const { config } = parseConfig(text, { file: "estimate.yaml", overrides });
  return estimateMemory({ ...config }, tmpdir(), async () => memory);
}

describe("the estimate of a config", () => {
  const onCpu = (free: number): DeviceMemory => ({ device: "cpu", free });
  const onGpu = (free: number | null): DeviceMemory => ({ device: "cuda", free });

  test("is of the engine and device that the config names", async () => {
    const onnx = await estimate(onCpu(64e9));
    const torch = await estimate(onCpu(64e9), "engine.name=torch");
    const cuda = await estimate(onGpu(80e9), "engine.name=torch", "adapter={}");
    for (const { bytes, parts } of [onnx, torch, cuda]) assert.equal(bytes, totalBytes(parts));
    const names = (parts: typeof onnx.parts): string => parts.map(({ what }) => what).join();
    assert.match(names(onnx.parts), /runtime/);
    assert.match(names(torch.parts), /weights in float32.*Python and PyTorch/);
    assert.match(names(cuda.parts), /weights in bfloat16.*CUDA/);
    assert.deepEqual([onnx.free, torch.free, cuda.free], [64e9, 64e9, 80e9]);
    for (const { advice } of [onnx, torch, cuda]) assert.equal(advice, undefined);
  });

  test("says what to change where it does not fit", async () => {
    const tokens = ["engine.name=torch", "engine.micro_batch_tokens=65536"];
    const { bytes, free, advice } = await estimate(onCpu(1e9), ...tokens);
    assert.ok(bytes! > free!);
    const [, size] = /^It does not fit: .* Set engine\.micro_batch_tokens to (\d+): /.exec(advice!)!;
    assert.ok((await estimate(onCpu(1e9), "engine.name=torch", `engine.micro_batch_tokens=${size}`)).bytes! <= 1e9);
    assert.match((await estimate(onCpu(1e8))).advice!, /Take a smaller model/);
  });

  test("says that nobody knows whether it fits, where nothing tells what is free on the GPU", async () => {
    const { bytes, free, advice } = await estimate(onGpu(null), "engine.name=torch", "engine.device=cuda");
    assert.ok(bytes! > 0);
    assert.equal(free, null);
    assert.match(advice!, /nvidia-smi does not tell/);
  });
});
