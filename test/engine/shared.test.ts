import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Engine, SampleRequest, Sequence } from "../../daemon/engine/engine.ts";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { streamUniform } from "../../daemon/engine/random.ts";
import { AbortedError } from "../../daemon/errors.ts";
import { Device } from "../../daemon/runs/control/device.ts";
import { Gate } from "../../daemon/runs/control/gate.ts";
import { SharedEngine } from "../../daemon/runs/control/shared-engine.ts";
import { contract } from "./contract.ts";
import { writeTinyModel } from "./tiny-model.ts";

/** An engine that a run shares is an engine: the loop can't tell. */
const open = (): Gate => new Gate(new AbortController().signal);
contract(
  "onnx, shared",
  (settings) => new SharedEngine(new OnnxEngine({ threads: 1, ...settings }), new Device(), open()),
);

describe("pausing an engine", () => {
  let folder = "";
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "sparring-shared-"));
    await writeTinyModel(join(folder, "model"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const requests: SampleRequest[] = Array.from({ length: 300 }, (_, answer) => ({
    prompt: [1, 2, 3, answer % 5],
    key: { seed: 1, round: 1, role: "solver" as const, query: 0, answer },
  }));

  /** A few rounds as the loop plays them: drawing, measuring, two updates and a step. */
  async function train(engine: Engine): Promise<void> {
    for (let round = 0; round < 3; round++) {
      const drawn = await engine.sample(requests, { policy: "current", temperature: 1, maxTokens: 8, stopTokens: [2] });
      const batch: Sequence[] = drawn.map(({ tokens }, i) => ({ prompt: requests[i]!.prompt, response: tokens }));
      const reference = await engine.logprobs(batch, { policy: "reference", temperature: 1 });
      const coefficients = reference.map((row, i) => row.map((logprob) => Math.sin(i) - 0.01 * logprob));
      const half = batch.length / 2;
      await engine.update(batch.slice(0, half), coefficients.slice(0, half), { temperature: 1 });
      await engine.update(batch.slice(half), coefficients.slice(half), { temperature: 1 });
      await engine.step({ lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 });
    }
  }

  async function result(name: string, play: (engine: OnnxEngine) => Promise<unknown>): Promise<Record<string, string>> {
    const engine = new OnnxEngine({ threads: 1, microBatchTokens: 64 });
    try {
      await engine.open({ dir: join(folder, "model") });
      await play(engine);
      const dir = join(folder, name);
      mkdirSync(dir);
      await engine.save(dir);
      return Object.fromEntries(
        readdirSync(dir).map((file) => [file, readFileSync(join(dir, file)).toString("base64")]),
      );
    } finally {
      await engine.close();
    }
  }

  test("pauses at any moment, with other work in between, change no bit", async () => {
    const undisturbed = await result("undisturbed", train);
    const began = performance.now();
    await result("again", train);
    const duration = performance.now() - began;

    for (let trial = 0; trial < 6; trial++) {
      const random = (index: number): number => streamUniform(7, "tasks", trial * 100 + index);
      let pauses = 0;
      const disturbed = await result(`disturbed-${trial}`, async (engine) => {
        const [device, gate] = [new Device(), open()];
        let isTraining = true;
        const training = train(new SharedEngine(engine, device, gate)).finally(() => {
          isTraining = false;
        });
        while (isTraining) {
          await new Promise((resolve) => setTimeout(resolve, (random(pauses) * duration) / 4));
          await gate.close();
          pauses++;
          const quiet = new AbortController().signal;
          await device.interact(async () => {
            assert.equal(engine.status().call, undefined, "nothing runs while it is paused");
            const interactive = requests
              .slice(0, 3)
              .map(({ prompt, key }) => ({ prompt, key: { ...key, role: "interactive" as const } }));
            await engine.sample(interactive, { policy: "current", temperature: 1, maxTokens: 8, stopTokens: [] });
          }, quiet);
          gate.open();
        }
        await training;
      });
      assert.ok(pauses > 1);
      assert.deepEqual(disturbed, undisturbed, `trial ${trial}, ${pauses} pauses`);
    }
  });

  test("a run that is stopped while it is paused ends", async () => {
    const stop = new AbortController();
    const gate = new Gate(stop.signal);
    const engine = new OnnxEngine({ threads: 1 });
    try {
      await engine.open({ dir: join(folder, "model") });
      await gate.close();
      const training = train(new SharedEngine(engine, new Device(), gate));
      stop.abort();
      await assert.rejects(training, AbortedError);
    } finally {
      await engine.close();
    }
  });
});
