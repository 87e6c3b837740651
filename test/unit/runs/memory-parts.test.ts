import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type LlamaShape, shapeOf } from "../../../daemon/engine/onnx/llama/shape.ts";
import { readDecoderConfig } from "../../../daemon/models/config.ts";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { adviceOf } from "../../../daemon/runs/drafts/memory/advice.ts";
import { parseMebibytes } from "../../../daemon/runs/drafts/memory/device.ts";
import { onnxParts } from "../../../daemon/runs/drafts/memory/onnx-parts.ts";
import {
  limits,
  smallerMicroBatches,
  type TorchWorkload,
  torchParts,
} from "../../../daemon/runs/drafts/memory/torch-parts.ts";
import { type MemoryPart, totalBytes, type Workload } from "../../../daemon/runs/drafts/memory/workload.ts";

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
const lora: NonNullable<Workload["adapter"]> = {
  rank: 16,
  alpha: 32,
  targets: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  seed: 1,
};
const base = { reference: "start", snapshots: 0, queries: 4, others: [], microBatchTokens: undefined } as const;
const onNano = { ...base, shape: nano, adapter: undefined, fileBytes: 4e6, promptTokens: 8, answerTokens: 5 };
const onSmol = { ...base, shape: smol, fileBytes: 538e6, promptTokens: 34 };
const sum = (workload: Workload): number => totalBytes(onnxParts(workload));

describe("the memory of a run on the onnx engine", () => {
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
    assert.ok(sum({ ...workload, reference: "model" }) > bytes + 500e6);
    assert.ok(sum({ ...workload, snapshots: 2 }) > bytes);
    assert.ok(sum({ ...workload, microBatchTokens: 1024 }) > bytes);
    assert.ok(sum({ ...workload, adapter: { ...lora, rank: 64 } }) > bytes);
    const most = sum({ ...workload, answers: 1e6, answerTokens: 2000, promptTokens: 4000 });
    assert.equal(most, sum({ ...workload, answers: 1e7, answerTokens: 2000, promptTokens: 4000 }));
  });

  test("is that of opening a model where training needs less", () => {
    const small: Workload = { ...onSmol, adapter: lora, answers: 2, answerTokens: 1, promptTokens: 1, fileBytes: 2e9 };
    const parts = onnxParts(small);
    assert.match(parts.at(-1)!.what, /files/);
    assert.ok(sum(small) > 2e9 + 538e6);
  });
});

describe("the memory of a run on the torch engine", () => {
  const usual = { merged: true, chunked: true, checkpointing: false };
  const onCpu = { ...usual, device: "cpu", precision: "float32", free: 8e9 } as const;
  const onGpu = { ...usual, device: "cuda", precision: "bfloat16", free: 80e9 } as const;
  const smolLora = { ...onSmol, ...onCpu, adapter: lora, answers: 16, answerTokens: 32 };
  const part = (parts: readonly MemoryPart[], what: RegExp): number =>
    totalBytes(parts.filter((each) => what.test(each.what)));
  const all = 134_515_008;
  /** Of all seven projections. */
  const adapted = 30 * (2 * 576 * 576 + 2 * 192 * 576 + 3 * 576 * 1536);
  const trained = 30 * 16 * (4 * 576 + 2 * (576 + 192) + 3 * (576 + 1536));

  test("is near what was measured of the worker's process on a CPU (VmHWM after one or two rounds, MiB)", () => {
    const nanoOnCpu = { ...onNano, ...onCpu, fileBytes: 2e6 };
    const measured: readonly (readonly [TorchWorkload, number])[] = [
      [{ ...nanoOnCpu, queries: 64, answers: 256 }, 414],
      [{ ...nanoOnCpu, queries: 4, answers: 16 }, 319],
      [{ ...nanoOnCpu, adapter: lora, queries: 64, answers: 256 }, 425],
      [smolLora, 2064],
      [{ ...smolLora, queries: 2, answers: 8, answerTokens: 128, microBatchTokens: 1024 }, 2414],
      [{ ...smolLora, queries: 16, answers: 64, promptTokens: 100, answerTokens: 64 }, 2124],
    ];
    for (const [workload, mib] of measured) {
      const error = totalBytes(torchParts(workload)) / 2 ** 20 / mib - 1;
      assert.ok(Math.abs(error) < 0.12, `${mib} MiB: ${(100 * error).toFixed(0)} %`);
    }
  });

  test("counts the weights of each policy", () => {
    const parts = torchParts(smolLora);
    assert.equal(part(parts, /^weights in float32$/), 4 * all);
    assert.equal(part(parts, /^weights with the adapter merged in/), 4 * adapted);
    assert.equal(part(parts, /^adapter/), 4 * trained);
    assert.equal(part(parts, /^gradient in/), 4 * trained);
    assert.equal(part(parts, /moments in/), 8 * trained);
    assert.equal(part(parts, /reference|opponent|frozen/), 0);

    const policies = torchParts({ ...smolLora, reference: "adapter", snapshots: 2 });
    assert.equal(part(policies, /reference/), 4 * trained);
    assert.equal(part(policies, /opponents/), 8 * trained);
    assert.equal(part(policies, /frozen adapter/), 4 * adapted);
    assert.equal(part(torchParts({ ...smolLora, reference: "model" }), /reference/), 4 * all);

    const full = torchParts({ ...smolLora, ...onGpu, adapter: undefined, snapshots: 1 });
    assert.equal(part(full, /^weights in float32/), 4 * all);
    assert.equal(part(full, /^weights in bfloat16/), 2 * all);
    assert.equal(part(full, /reference|opponents/), 8 * all);
    assert.equal(part(full, /^gradient in|moments in/), 12 * all);
    assert.equal(part(torchParts({ ...smolLora, ...onGpu }), /^weights in bfloat16/), 2 * all);
  });

  test("plans calls as the worker does, with the worker's own limits", () => {
    const folder = "daemon/engine/torch/worker";
    const sources = readdirSync(folder).filter((file) => file.endsWith(".py"));
    const text = sources.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
    const constant = (name: string): string | undefined => new RegExp(`^${name} = (.+)$`, "m").exec(text)?.[1];
    const { rows, microBatch, cpuBudget, chunk, step } = limits;
    assert.equal(constant("MAX_ROWS"), String(rows));
    assert.equal(constant("MAX_MICRO_BATCH"), `{"cpu": ${microBatch.cpu}, "cuda": ${microBatch.cuda}}`);
    assert.equal(constant("CPU_BUDGET")?.replaceAll("_", ""), String(cpuBudget));
    const powers = ({ cpu, cuda }: { cpu: number; cuda: number }): string =>
      `{"cpu": 2**${Math.log2(cpu)}, "cuda": 2**${Math.log2(cuda)}}`;
    assert.equal(constant("CHUNK"), powers(step));
    assert.equal(constant("CHUNK_BYTES"), powers(chunk));
  });

  test("grows with what is asked for, and not beyond the engine's budgets", () => {
    const bytes = (changes: Partial<TorchWorkload>): number => totalBytes(torchParts({ ...smolLora, ...changes }));
    const plain = bytes({});
    assert.ok(bytes({ microBatchTokens: 64 }) < plain && plain < bytes({ microBatchTokens: 1024, answers: 64 }));
    assert.ok(bytes({ adapter: { ...lora, rank: 64 } }) > plain);
    assert.ok(bytes({ precision: "bfloat16" }) < plain);
    assert.ok(bytes({ merged: false }) < plain);
    const long = { microBatchTokens: 1024, answers: 64, queries: 16 };
    assert.ok(bytes({ ...long, checkpointing: true }) < bytes(long));
    assert.ok(bytes({ ...long, chunked: false }) > bytes(long));
    for (const device of [onCpu, onGpu]) {
      const long = { ...device, answerTokens: 2000, promptTokens: 4000 };
      assert.equal(bytes({ ...long, answers: 1e6, queries: 1e5 }), bytes({ ...long, answers: 1e7, queries: 1e6 }));
    }
  });
});

describe("what to change where memory is short", () => {
  test("the first setting that is enough alone", () => {
    const changes = [
      { change: "A", bytes: 9e9 },
      { change: "B", bytes: 7.5e9 },
      { change: "C", bytes: 1e9 },
    ];
    const said = adviceOf(12e9, 8e9, changes);
    assert.equal(said, "It does not fit: 12 GB are needed and 8.0 GB are free. B: then it needs 7.5 GB.");
    assert.match(adviceOf(12e9, 1e8, changes), /C: then it needs 1\.0 GB\. Take a smaller model/);
    assert.match(adviceOf(12e9, 1e8, []), /free\. Take a smaller model/);
  });

  test("micro-batches are halved", () => {
    assert.deepEqual(smallerMicroBatches(512), [256, 128, 64]);
    assert.deepEqual(smallerMicroBatches(337), [256, 128, 64]);
    assert.deepEqual(smallerMicroBatches(64), []);
  });

  test("nvidia-smi's number is read, and nothing else", () => {
    assert.equal(parseMebibytes("80234\n"), 80_234 * 2 ** 20);
    for (const other of ["", "[N/A]\n", "Insufficient Permissions", "1e99", "No devices were found\n"]) {
      assert.equal(parseMebibytes(other), null, other);
    }
  });
});
