import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { SampleRequest } from "../../../daemon/engine/engine.ts";
import { TorchEngine, type TorchEngineOptions } from "../../../daemon/engine/torch/torch-engine.ts";
import { AbortedError, SparringError } from "../../../daemon/errors.ts";
import { tinyQwen2, writeTinyModel } from "../tiny-model.ts";
import { missing, python } from "./python.ts";

const worker = join(import.meta.dirname, "../../../daemon/engine/torch/worker");

/* The worker as a process: how it dies, what it refuses, and how it is cancelled. */

const requests: SampleRequest[] = Array.from({ length: 4000 }, (_, answer) => ({
  prompt: [1, 2],
  key: { seed: 1, round: 1, role: "solver" as const, query: 0, answer },
}));
const drawing = { policy: "current", temperature: 1, maxTokens: 20, stopTokens: [] } as const;

/** Checks a rejection's code, and that its sentence says something. */
function refused(code: string, sentence: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SparringError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, sentence);
    assert.notEqual(error.next, "");
    return true;
  };
}

describe("the torch engine's process", { skip: missing }, () => {
  let folder = "";
  let dir = "";
  const engines: TorchEngine[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "sparring-torch-"));
    dir = await writeTinyModel(join(folder, "model"));
  });
  after(async () => {
    await Promise.all(engines.map((engine) => engine.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  function start(options: Partial<TorchEngineOptions> = {}): TorchEngine {
    const engine = new TorchEngine({ python, device: "cpu", threads: 1, ...options });
    engines.push(engine);
    return engine;
  }

  test("that is killed fails the calls under way and all later ones, and says how it died", async () => {
    const engine = start();
    await engine.open({ dir });
    const sampling = engine.sample(requests, drawing);
    process.kill(engine.pid!, "SIGKILL");
    await assert.rejects(sampling, refused("engine/died", /^The torch engine's process was ended by SIGKILL/));
    assert.equal(engine.status().alive, false);
    await assert.rejects(engine.snapshot(), refused("engine/died", /SIGKILL/));
  });

  test("that crashes leaves its stack in the report", async () => {
    const engine = start();
    await engine.open({ dir });
    const sampling = engine.sample(requests, drawing);
    process.kill(engine.pid!, "SIGSEGV");
    await assert.rejects(
      sampling,
      refused("engine/died", /was ended by SIGSEGV.*last wrote:.*Segmentation fault.*worker\/main\.py/s),
    );
  });

  test("that can't be started says so", async () => {
    await assert.rejects(
      start({ python: join(folder, "no-python") }).open({ dir }),
      refused("engine/died", /could not be started/),
    );
  });

  test("without PyTorch says what to install, with which Python", async () => {
    // An interpreter that sees no packages.
    const bare = join(folder, "bare-python");
    writeFileSync(bare, `#!/bin/sh\nexec ${python} -S "$@"\n`, { mode: 0o700 });
    const engine = start({ python: bare });
    await assert.rejects(engine.open({ dir }), (error) => {
      assert.ok(refused("engine/no-torch", /can't load what the torch engine needs: No module named/)(error));
      const file = / -m pip install -r (.*)$/.exec((error as SparringError).next)![1]!;
      return existsSync(file);
    });
  });

  test("is cancelled while it samples, and tells its progress", async () => {
    const engine = start();
    await engine.open({ dir });
    const controller = new AbortController();
    const seen: [number, number][] = [];
    const sampling = engine.sample(requests, {
      ...drawing,
      signal: controller.signal,
      onProgress(done, total) {
        seen.push([done, total]);
        controller.abort();
      },
    });
    await assert.rejects(sampling, AbortedError);
    assert.ok(seen.length > 0 && seen.every(([done, total]) => done >= 0 && done < total && total === requests.length));
    const [completion] = await engine.sample([requests[0]!], drawing);
    assert.equal(completion!.tokens.length, drawing.maxTokens);
  });

  test("is cancelled between the micro-batches of an update by units", async () => {
    const engine = start({ microBatchTokens: 16 });
    await engine.open({ dir });
    const batch = Array.from({ length: 40 }, (_, i) => ({ prompt: [1, i % 11, 3], response: [4, i % 7] }));
    const units = batch.map((_, i) => [i]);
    const controller = new AbortController();
    let calls = 0;
    const updating = engine.updateUnits(
      batch,
      units,
      (logprobs) => {
        if (++calls === 10) controller.abort();
        return logprobs.map((row) => row.map(() => 1));
      },
      { temperature: 1, signal: controller.signal },
    );
    await assert.rejects(updating, AbortedError);
    assert.ok(calls < units.length, `${calls}`);
    await engine.discard();
    const { gradNorm } = await engine.step({ lr: 0, beta1: 0, beta2: 0, eps: 1, weightDecay: 0, maxGradNorm: 0 });
    assert.equal(gradNorm, 0);
  });

  test("refuses damaged weights, weights of another shape, and a missing shard, naming them", async () => {
    const damaged = await writeTinyModel(join(folder, "damaged"));
    truncateSync(join(damaged, "model.safetensors"), 5000);
    const engine = start();
    await assert.rejects(engine.open({ dir: damaged }), refused("model/corrupt-safetensors", /can't be read/));

    // Biases that the weights don't have.
    const other = await writeTinyModel(join(folder, "other"), { ...tinyQwen2, attentionBias: false });
    const config = join(await writeTinyModel(join(folder, "qwen2"), tinyQwen2), "config.json");
    copyFileSync(config, join(other, "config.json"));
    const bias = /model\.layers\.\d\.self_attn\.[qkv]_proj\.bias is missing, of shape \[\d+\]/;
    await assert.rejects(engine.open({ dir: other }), refused("model/weights-do-not-fit", bias));

    const sharded = join(folder, "sharded");
    mkdirSync(sharded);
    copyFileSync(join(dir, "config.json"), join(sharded, "config.json"));
    const index = { weight_map: { "lm_head.weight": "model-1.safetensors" } };
    writeFileSync(join(sharded, "model.safetensors.index.json"), JSON.stringify(index));
    await assert.rejects(engine.open({ dir: sharded }), refused("model/missing-shard", /model-1\.safetensors/));
    await engine.open({ dir });
    await assert.rejects(engine.export(folder, "peft"), refused("engine/no-adapter", /no adapter/));
  });

  test("takes responses without tokens", async () => {
    const engine = start();
    await engine.open({ dir });
    const full = { prompt: [1, 2], response: [3, 4, 5] };
    const empty = { prompt: [6], response: [] };
    const options = { policy: "current", temperature: 1 } as const;
    const [alone] = await engine.logprobs([full], options);
    assert.deepEqual(await engine.logprobs([empty, full, empty], options), [
      new Float32Array(),
      alone,
      new Float32Array(),
    ]);
    const stats = await engine.update([empty], [new Float32Array()], { temperature: 1 });
    assert.deepEqual(stats, { sequences: 1, tokens: 0, microBatches: 1, objective: 0 });
  });

  test("ends when the daemon dies in the middle of a frame", async () => {
    const child = spawn(python, ["-B", join(worker, "main.py")], { stdio: ["pipe", "ignore", "inherit"] });
    // A header of 1,000 bytes is announced, and 5 come.
    child.stdin.end(Buffer.concat([Buffer.from(Uint32Array.of(1000, 0).buffer), Buffer.from('{"id"')]));
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  test("writes no bytecode beside its sources", () => {
    assert.ok(readdirSync(worker).every((file) => /\.(py|txt)$/.test(file)));
  });
});
