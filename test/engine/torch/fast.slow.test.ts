import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { AdapterRef, EngineNotice, PolicyId, SampleRequest } from "../../../daemon/engine/engine.ts";
import type { Fast } from "../../../daemon/engine/torch/fast.ts";
import { TorchEngine, type TorchEngineOptions } from "../../../daemon/engine/torch/torch-engine.ts";
import { SparringError } from "../../../daemon/errors.ts";
import { tinyQwen2, tinyShape, writeTinyModel } from "../tiny-model.ts";
import { plain } from "./plain.ts";
import { adam, batch, coefficients, lora, play, requireSame, temperature, tokens } from "./playing.ts";
import { missing } from "./python.ts";
import { type WarmPython, warmPython } from "./warm-python.ts";

/* Each switch against the plain path: the same log-probabilities and gradients; and what happens when memory runs out. */

const allOn: Fast = { ...plain, mergedAdapter: true, sharedPrompts: true, chunkedLogits: true };
describe("torch, fast and plain", { skip: missing }, () => {
  let folder = "";
  let warm: WarmPython;
  const dirs: Record<string, string> = {};
  const engines: TorchEngine[] = [];
  let folders = 0;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "sparring-fast-"));
    warm = await warmPython();
    dirs.llama = await writeTinyModel(join(folder, "llama"), { ...tinyShape, maxPositions: 256 });
    dirs.qwen2 = await writeTinyModel(join(folder, "qwen2"), { ...tinyQwen2, maxPositions: 256 });
  });
  after(async () => {
    await Promise.all(engines.map((engine) => engine.close()));
    await warm.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(
    options: Partial<TorchEngineOptions>,
    adapter: AdapterRef | undefined = undefined,
    onNotice?: (notice: EngineNotice) => void,
    dir = dirs.llama!,
  ): Promise<TorchEngine> {
    const engine = new TorchEngine({ python: warm.command, device: "cpu", threads: 1, ...options });
    engines.push(engine);
    await engine.open({ dir }, { ...(adapter && { adapter }), ...(onNotice && { onNotice }) });
    return engine;
  }

  function newFolder(): string {
    const dir = join(folder, `f${folders++}`);
    mkdirSync(dir);
    return dir;
  }

  const variants: Record<string, Partial<TorchEngineOptions>> = {
    "all on": { fast: allOn },
    "all on, small micro-batches": { fast: allOn, microBatchTokens: 70 },
    "merged adapter": { fast: { ...plain, mergedAdapter: true } },
    "shared prompts": { fast: { ...plain, sharedPrompts: true } },
    "chunked logits": { fast: { ...plain, chunkedLogits: true } },
    checkpointing: { fast: { ...plain, checkpointing: "on" } },
    "out of memory above 100 tokens": { fast: allOn, failAboveTokens: 110 },
    "out of memory above 100 tokens, plain": { fast: plain, failAboveTokens: 110 },
  };

  for (const [kind, adapter, model] of [
    ["LoRA", lora, "llama"],
    ["full training", undefined, "qwen2"],
  ] as const) {
    test(`${kind}: each switch gives the plain path's log-probabilities and gradients`, async (context) => {
      const expected = await play(await open({ fast: plain, microBatchTokens: 1 }, adapter, undefined, dirs[model]));
      for (const [name, options] of Object.entries(variants)) {
        const found = await play(await open(options, adapter, undefined, dirs[model]));
        requireSame(found, expected, name, (line) => context.diagnostic(line));
      }
    });
  }

  test("out of memory: micro-batches shrink, each time with a notice", async () => {
    const notices: EngineNotice[] = [];
    const engine = await open({ fast: allOn, failAboveTokens: 110 }, lora, (notice) => notices.push(notice));
    await engine.update(batch, coefficients, { temperature });
    const told = notices.length;
    assert.ok(told > 0 && told < 4, `${told}`);
    for (const { code, message, next } of notices) {
      assert.equal(code, "engine/out-of-memory");
      assert.match(message, /^Memory ran out at \d+ tokens in one micro-batch; from now on it is at most \d+\.$/);
      assert.match(next, /engine\.micro_batch_tokens/);
    }
    await engine.logprobs(batch, { policy: "current", temperature });
    await engine.update(batch, coefficients, { temperature });
    assert.equal(notices.length, told, "it goes on with what fitted");
  });

  test("out of memory: a single sequence is computed twice, and refused if that does not help", async () => {
    const notices: EngineNotice[] = [];
    const engine = await open({ fast: { checkpointing: "auto" }, failAboveTokens: 50 }, lora, (notice) =>
      notices.push(notice),
    );
    const refused = engine.update(batch, coefficients, { temperature });
    await assert.rejects(refused, (error) => {
      return error instanceof SparringError && error.code === "engine/out-of-memory" && error.next !== "";
    });
    assert.match(notices.at(-1)!.message, /one sequence of \d+ tokens; layers are now computed twice/);
    await engine.discard();
    assert.equal((await engine.step({ ...adam, lr: 0 })).gradNorm, 0);
  });

  test("out of memory: fewer answers are written side by side, the same ones", async () => {
    const notices: EngineNotice[] = [];
    const requests: SampleRequest[] = Array.from({ length: 40 }, (_, answer) => {
      return { prompt: tokens(3 + (answer % 4), 1), key: { seed: 1, round: 1, role: "solver", query: 0, answer } };
    });
    const drawing = { policy: "current", temperature: 1, maxTokens: 6, stopTokens: [2] } as const;
    const small = await open({ failAboveTokens: 100 }, undefined, (notice) => notices.push(notice));
    const drawn = await small.sample(requests, drawing);
    assert.deepEqual(
      drawn.map(({ tokens }) => tokens),
      (await (await open({})).sample(requests, drawing)).map(({ tokens }) => tokens),
    );
    assert.equal(notices.length, 3);
    assert.match(
      notices[0]!.message,
      /^Memory ran out at 40 answers side by side; from now on there are at most 20\.$/,
    );
    await small.sample(requests, drawing);
    assert.equal(notices.length, 3);
  });

  test("bfloat16: snapshots and saved states are merged again to the same bits", async () => {
    const options = { fast: allOn, precision: "bfloat16" } as const;
    const measure = (engine: TorchEngine, policy: PolicyId): Promise<Float32Array[]> =>
      engine.logprobs(batch, { policy, temperature });
    const engine = await open(options, lora);
    const reference = await measure(engine, "reference");
    assert.deepEqual(await measure(engine, "current"), reference);
    await engine.update(batch, coefficients, { temperature });
    await engine.step(adam);
    const first = await measure(engine, "current");
    const snapshots = [await engine.snapshot()];
    const dir = newFolder();
    await engine.save(dir);
    await engine.update(batch, coefficients, { temperature });
    await engine.step(adam);
    const second = await measure(engine, "current");
    snapshots.push(await engine.snapshot());
    assert.notDeepEqual(second, first);
    for (const [i, snapshot] of [...snapshots, ...snapshots].entries()) {
      assert.deepEqual(await measure(engine, snapshot), [first, second][i % 2]);
    }
    await engine.release(snapshots[1]!);
    assert.deepEqual(await measure(engine, snapshots[0]!), first);
    assert.deepEqual(await measure(engine, "reference"), reference);
    const other = await open(options, lora);
    await other.load(dir);
    assert.deepEqual(await measure(other, "current"), first);
  });

  test("weights that are not numbers: the step is refused and says so", async () => {
    const engine = await open({ fast: allOn }, lora);
    await engine.update(batch, coefficients, { temperature });
    // One step as long as this ends in weights whose products overflow.
    await engine.step({ ...adam, lr: 1e38 });
    await engine.update(batch, coefficients, { temperature });
    await assert.rejects(engine.step(adam), (error) => {
      return error instanceof SparringError && error.code === "engine/not-finite";
    });
  });

  test("it tells its memory while it works", async () => {
    const engine = await open({});
    while (!engine.status().telemetry) await engine.logprobs(batch, { policy: "current", temperature });
    const { usedBytes, peakBytes, totalBytes } = engine.status().telemetry!;
    assert.ok(usedBytes > 1e7 && usedBytes <= peakBytes && peakBytes < totalBytes);
  });

  test("a GPU that is asked for and can't be used is refused with the reason", async (context) => {
    const engine = new TorchEngine({ python: warm.command, device: "cuda", threads: 1 });
    engines.push(engine);
    const opened = await engine.open({ dir: dirs.llama! }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!opened) {
      context.skip("this machine has a GPU");
      return;
    }
    assert.ok(opened instanceof SparringError, String(opened));
    assert.match(opened.code, /^engine\/(torch-without-cuda|no-gpu|gpu-not-supported)$/);
    assert.match(opened.next, /engine\.device: cpu/);
  });
});
