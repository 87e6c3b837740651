import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type {
  AdamParams,
  AdapterRef,
  Completion,
  Engine,
  OpenOptions,
  SampleRequest,
  Sequence,
} from "../../daemon/engine/engine.ts";
import type { LlamaShape } from "../../daemon/engine/onnx/llama/shape.ts";
import { streamUniform } from "../../daemon/engine/random.ts";
import { AbortedError, SparringError } from "../../daemon/errors.ts";
import { readSafetensors, toFloat32, writeSafetensors } from "../../daemon/models/safetensors.ts";
import { tinyShape, writeTinyModel } from "./tiny-model.ts";

/*
 * The contract that every engine passes: `contract(name, makeEngine)` in a test file of the engine's.
 * It looks only through the Engine interface and the files that `save` writes: trainable weights, and
 * `optimizer.safetensors` with moments `m.<name>` and `v.<name>`. After one step from zero moments the gradient is
 * m/(1−β₁), which is how gradients are read here.
 */

export interface EngineSettings {
  readonly microBatchTokens?: number;
}

const adam: AdamParams = { lr: 1e-2, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 0 };
const lora: AdapterRef = { rank: 3, alpha: 6, targets: ["q_proj", "v_proj", "down_proj"], seed: 5 };

/** Ragged prompts and responses with repeated tokens. */
const sequences: Sequence[] = Array.from({ length: 13 }, (_, i) => ({
  prompt: Array.from({ length: 1 + ((i * 5) % 7) }, (_, t) => (i * 3 + t * t) % tinyShape.vocabulary),
  response: Array.from({ length: 1 + ((i * 3) % 6) }, (_, t) => (i + 2 * t) % tinyShape.vocabulary),
}));

const coefficients = sequences.map(({ response }, i) =>
  Float32Array.from({ length: response.length }, (_, t) => Math.sin(i * 1.3 + t * 0.7)),
);

function requestsFor(count: number, answers = 3): SampleRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    prompt: sequences[Math.floor(i / answers) % sequences.length].prompt,
    key: { seed: 42, round: 3, role: "solver", query: Math.floor(i / answers), answer: i % answers },
  }));
}

const drawing = { policy: "current", temperature: 0.8, maxTokens: 6, stopTokens: [2] } as const;

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: lengths differ`);
  for (let i = 0; i < actual.length; i++) {
    assert.ok(
      Math.abs(actual[i] - expected[i]) <= tolerance * Math.max(1, Math.abs(expected[i])),
      `${what}, element ${i}: ${actual[i]} against ${expected[i]}`,
    );
  }
}

/** @param shape the tiny model's; its vocabulary and length are those of `tinyShape` */
export function contract(
  name: string,
  makeEngine: (settings?: EngineSettings) => Engine,
  shape: LlamaShape = tinyShape,
): void {
  let folder = "";
  let modelDir = "";
  const engines: Engine[] = [];
  let folders = 0;
  /** For tests that change nothing. */
  let shared: Engine;

  async function open(options: OpenOptions & { settings?: EngineSettings; dir?: string } = {}): Promise<Engine> {
    const engine = makeEngine(options.settings);
    engines.push(engine);
    await engine.open({ dir: options.dir ?? modelDir }, options);
    return engine;
  }

  function newFolder(): string {
    const dir = join(folder, `f${folders++}`);
    mkdirSync(dir);
    return dir;
  }

  async function saved(engine: Engine): Promise<string> {
    const dir = newFolder();
    await engine.save(dir);
    return dir;
  }

  /** Everything that `save` writes, as bytes by file. */
  async function bits(engine: Engine): Promise<Record<string, string>> {
    const dir = await saved(engine);
    return Object.fromEntries(
      readdirSync(dir)
        .sort()
        .map((file) => [file, readFileSync(join(dir, file)).toString("base64")]),
    );
  }

  async function gradientOf(engine: Engine): Promise<Map<string, Float32Array>> {
    const at = await saved(engine);
    await engine.step(adam);
    const tensors = await readSafetensors(join(await saved(engine), "optimizer.safetensors"));
    await engine.load(at);
    const moments = [...tensors].filter(([key]) => key.startsWith("m."));
    return new Map(
      moments.map(([key, tensor]) => [key.slice(2), toFloat32(tensor).map((value) => value / (1 - adam.beta1))]),
    );
  }

  const update = (engine: Engine, batch = sequences, given = coefficients): Promise<unknown> =>
    engine.update(batch, given, { temperature: 0.8 });

  describe(`engine contract: ${name}`, () => {
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "sparring-contract-"));
      modelDir = await writeTinyModel(join(folder, "model"), shape);
      shared = await open();
      engines.pop();
    });
    afterEach(async () => {
      await Promise.all(engines.splice(0).map((engine) => engine.close()));
    });
    after(async () => {
      await shared.close();
      rmSync(folder, { recursive: true, force: true });
    });

    describe("log-probabilities", () => {
      test("of a ragged batch are those of each sequence alone", async () => {
        const engine = shared;
        const options = { policy: "current", temperature: 0.8 } as const;
        const together = await engine.logprobs(sequences, options);
        for (const [i, sequence] of sequences.entries()) {
          const [alone] = await engine.logprobs([sequence], options);
          close(together[i], alone!, 1e-5, `sequence ${i}`);
        }
      });

      test("are a distribution: probabilities of all next tokens sum to 1", async () => {
        const engine = shared;
        const all = Array.from({ length: tinyShape.vocabulary }, (_, token) => ({
          prompt: [1, 2, 3],
          response: [token],
        }));
        for (const temperature of [0.5, 1, 2]) {
          const logprobs = await engine.logprobs(all, { policy: "current", temperature });
          const total = logprobs.reduce((sum, [logprob]) => sum + Math.exp(logprob!), 0);
          assert.ok(Math.abs(total - 1) < 1e-5, `temperature ${temperature}: ${total}`);
        }
      });

      test("temper as softmax(logits / temperature)", async () => {
        const engine = shared;
        const all = Array.from({ length: tinyShape.vocabulary }, (_, token) => ({
          prompt: [4, 4, 1],
          response: [token],
        }));
        const plain = (await engine.logprobs(all, { policy: "current", temperature: 1 })).map(([l]) => l!);
        const hot = (await engine.logprobs(all, { policy: "current", temperature: 2 })).map(([l]) => l!);
        const normaliser = Math.log(plain.reduce((sum, l) => sum + Math.exp(l / 2), 0));
        close(
          hot,
          plain.map((l) => l / 2 - normaliser),
          1e-5,
          "tempered",
        );
      });
    });

    describe("sampling", () => {
      test("measures what `logprobs` measures", async () => {
        const engine = shared;
        const requests = requestsFor(30);
        const completions = await engine.sample(requests, drawing);
        const measured = await engine.logprobs(
          completions.map(({ tokens }, i) => ({ prompt: requests[i].prompt, response: tokens })),
          drawing,
        );
        for (const [i, { logprobs }] of completions.entries()) close(logprobs, measured[i], 2e-5, `answer ${i}`);
      });

      test("depends on keys alone: not on order, company, or what else the engine does", async () => {
        const engine = shared;
        const requests = requestsFor(30);
        const together = await engine.sample(requests, drawing);
        const order = requests
          .map((_, i) => i)
          .sort((a, b) => streamUniform(1, "tasks", a) - streamUniform(1, "tasks", b));
        const shuffled = await engine.sample(
          order.map((i) => requests[i]),
          drawing,
        );
        for (const [position, i] of order.entries()) same(shuffled[position], together[i]);
        await engine.sample(
          [{ prompt: [1], key: { seed: 9, round: 0, role: "interactive", query: 0, answer: 0 } }],
          drawing,
        );
        for (const [i, request] of requests.entries()) {
          const [alone] = await engine.sample([request], drawing);
          same(alone!, together[i]);
        }
      });

      test("draws from the distribution that `logprobs` reports (chi-square)", async () => {
        const engine = shared;
        const prompt = [3, 1, 4];
        const all = Array.from({ length: tinyShape.vocabulary }, (_, token) => ({ prompt, response: [token] }));
        const expected = (await engine.logprobs(all, drawing)).map(([logprob]) => Math.exp(logprob!));
        const draws = 4000;
        const requests = Array.from({ length: draws }, (_, answer): SampleRequest => {
          return { prompt, key: { seed: 7, round: 1, role: "solver", query: 0, answer } };
        });
        const counts = new Array<number>(tinyShape.vocabulary).fill(0);
        for (const { tokens } of await engine.sample(requests, { ...drawing, maxTokens: 1 })) counts[tokens[0]]++;
        const statistic = counts.reduce(
          (sum, count, i) => sum + (count - draws * expected[i]) ** 2 / (draws * expected[i]),
          0,
        );
        // 99.9 % quantile of chi-square with 10 degrees of freedom.
        assert.ok(statistic < 29.6, `chi-square ${statistic}, counts ${counts}`);
      });

      test("ends at stop tokens, and at the limit", async () => {
        const engine = shared;
        const requests = requestsFor(30);
        const every = Array.from({ length: tinyShape.vocabulary }, (_, token) => token);
        for (const { tokens, logprobs, stop } of await engine.sample(requests, { ...drawing, stopTokens: every })) {
          // An empty answer is its stop token alone.
          assert.deepEqual([tokens.length, logprobs.length, stop], [1, 1, "stop"]);
        }
        for (const { tokens, stop } of await engine.sample(requests, { ...drawing, stopTokens: [] })) {
          assert.deepEqual([tokens.length, stop], [drawing.maxTokens, "length"]);
        }
        for (const { tokens, stop } of await engine.sample(requests, drawing)) {
          const inside = Array.from(tokens.subarray(0, -1));
          assert.ok(!inside.includes(2), "goes on after a stop token");
          assert.equal(stop, tokens.at(-1) === 2 ? "stop" : "length");
        }
      });

      test("at temperature 0 takes the most likely token", async () => {
        const engine = shared;
        const [completion] = await engine.sample([requestsFor(1)[0]], { ...drawing, temperature: 0, maxTokens: 1 });
        const { prompt } = requestsFor(1)[0];
        const all = Array.from({ length: tinyShape.vocabulary }, (_, token) => ({ prompt, response: [token] }));
        const plain = (await engine.logprobs(all, { policy: "current", temperature: 1 })).map(([l]) => l!);
        assert.equal(completion!.tokens[0], plain.indexOf(Math.max(...plain)));
        close(completion!.logprobs, [Math.max(...plain)], 1e-5, "log-probability");
      });

      test("refuses what does not fit the model, saying so", async () => {
        const engine = shared;
        const tooLong = engine.sample(requestsFor(2), { ...drawing, maxTokens: tinyShape.maxPositions });
        await assert.rejects(tooLong, (error) => error instanceof SparringError && error.code === "engine/too-long");
        const prompt = new Array(tinyShape.maxPositions).fill(1);
        const sequence = engine.logprobs([{ prompt, response: [1, 2] }], drawing);
        await assert.rejects(sequence, (error) => error instanceof SparringError && error.code === "engine/too-long");
      });

      test("uses the whole of the model's length", async () => {
        const engine = shared;
        const prompt = new Array(tinyShape.maxPositions - 2).fill(3);
        const key = requestsFor(1)[0].key;
        const [completion] = await engine.sample([{ prompt, key }], { ...drawing, maxTokens: 2, stopTokens: [] });
        const [measured] = await engine.logprobs([{ prompt, response: completion!.tokens }], drawing);
        close(completion!.logprobs, measured!, 2e-5, "last positions");
      });

      test("of nothing is nothing", async () => {
        const engine = shared;
        assert.deepEqual(await engine.sample([], drawing), []);
        assert.deepEqual(await engine.logprobs([], drawing), []);
        assert.equal((await engine.update([], [], { temperature: 1 })).sequences, 0);
      });
    });

    for (const [kind, adapter] of [
      ["full", undefined],
      ["LoRA", lora],
    ] as const) {
      describe(`training, ${kind}`, () => {
        test("the gradient is that of Σ coefficient·logp (directional central differences)", async () => {
          const engine = await open(adapter ? { adapter } : {});
          // A step first, so that LoRA's B is not zero.
          await update(engine);
          await engine.step(adam);
          const at = await saved(engine);
          await freshMoments(at);
          await engine.load(at);
          await update(engine);
          const gradient = await gradientOf(engine);
          const weightsFile = adapter ? "adapter_model.safetensors" : "model.safetensors";
          const objectiveAt = async (direction: Map<string, Float32Array>, h: number): Promise<number> => {
            const dir = newFolder();
            cpSync(at, dir, { recursive: true });
            const tensors = await readSafetensors(join(at, weightsFile));
            const moved = [...tensors].map(([key, tensor]) => {
              const along = direction.get(key.replace(/^base_model\.model\./, ""))!;
              const data = toFloat32(tensor).map((value, i) => value + h * along[i]);
              return [key, { dtype: "F32" as const, shape: tensor.shape, data }] as const;
            });
            await writeSafetensors(join(dir, weightsFile), new Map(moved));
            await engine.load(dir);
            const logprobs = await engine.logprobs(sequences, { policy: "current", temperature: 0.8 });
            return logprobs.reduce((sum, row, i) => sum + row.reduce((s, l, t) => s + l * coefficients[i][t], 0), 0);
          };
          for (const trial of [0, 1, 2]) {
            let index = 0;
            const direction = new Map(
              [...gradient].map(([key, values]) => [
                key,
                values.map(() => streamUniform(trial + 1, "tasks", index++) - 0.5),
              ]),
            );
            let slope = 0;
            for (const [key, values] of gradient)
              slope += values.reduce((s, g, i) => s + g * direction.get(key)![i], 0);
            const h = 2e-3;
            const [m2, m1, p1, p2] = [
              await objectiveAt(direction, -2 * h),
              await objectiveAt(direction, -h),
              await objectiveAt(direction, h),
              await objectiveAt(direction, 2 * h),
            ];
            const numeric = (m2 - 8 * m1 + 8 * p1 - p2) / (12 * h);
            assert.ok(Math.abs(numeric - slope) < 2e-3 * Math.max(1, Math.abs(slope)), `${slope} against ${numeric}`);
          }
        });

        test("any micro-batching gives the same gradient", async () => {
          const gradients: Map<string, Float32Array>[] = [];
          for (const microBatchTokens of [4, 24, 4096]) {
            const engine = await open({ settings: { microBatchTokens }, ...(adapter ? { adapter } : {}) });
            await update(engine);
            gradients.push(await gradientOf(engine));
          }
          const parts = await open(adapter ? { adapter } : {});
          await update(parts, sequences.slice(5), coefficients.slice(5));
          await update(parts, sequences.slice(0, 5), coefficients.slice(0, 5));
          gradients.push(await gradientOf(parts));
          const norm = Math.hypot(...[...gradients[0].values()].map((values) => Math.hypot(...values)));
          for (const other of gradients.slice(1)) {
            for (const [key, values] of gradients[0]) close(other.get(key)!, values, 1e-5 * norm, key);
          }
        });

        test("aborting and trying again is as if nothing had happened", async () => {
          const engine = await open({ settings: { microBatchTokens: 8 }, ...(adapter ? { adapter } : {}) });
          const clean = await open({ settings: { microBatchTokens: 8 }, ...(adapter ? { adapter } : {}) });
          for (const when of ["before", "during"]) {
            const controller = new AbortController();
            if (when === "before") controller.abort();
            const running = engine.update(sequences, coefficients, { temperature: 0.8, signal: controller.signal });
            setImmediate(() => controller.abort());
            await assert.rejects(running, AbortedError);
            await engine.discard();
          }
          const controller = new AbortController();
          const sampling = engine.sample(requestsFor(60), { ...drawing, signal: controller.signal });
          setImmediate(() => controller.abort());
          await assert.rejects(sampling, AbortedError);
          for (const each of [engine, clean]) {
            await update(each);
            await each.step(adam);
          }
          assert.deepEqual(await bits(engine), await bits(clean));
        });

        test("other requests between update and step change nothing", async () => {
          const engine = await open(adapter ? { adapter } : {});
          const quiet = await open(adapter ? { adapter } : {});
          await update(quiet);
          await quiet.step(adam);
          await update(engine);
          await engine.sample(requestsFor(5), drawing);
          await engine.logprobs(sequences, { policy: "reference", temperature: 1 });
          await engine.release(await engine.snapshot());
          await engine.step(adam);
          assert.deepEqual(await bits(engine), await bits(quiet));
        });

        test("save → new process → load → continue equals never having stopped", async () => {
          const train = async (engine: Engine): Promise<void> => {
            const requests = requestsFor(12);
            const completions = await engine.sample(requests, drawing);
            const batch = completions.map(({ tokens }, i) => ({ prompt: requests[i].prompt, response: tokens }));
            const given = completions.map(({ tokens }, i) => new Float32Array(tokens.length).fill(Math.cos(i)));
            await update(engine, batch, given);
            await engine.step({ ...adam, weightDecay: 0.1, maxGradNorm: 0.5 });
          };
          const never = await open(adapter ? { adapter } : {});
          for (let step = 0; step < 4; step++) await train(never);
          const first = await open(adapter ? { adapter } : {});
          await train(first);
          await train(first);
          const dir = await saved(first);
          await first.close();
          const second = await open(adapter ? { adapter } : {});
          await second.load(dir);
          await train(second);
          await train(second);
          assert.deepEqual(await bits(second), await bits(never));
        });

        test("snapshots and the reference stay what they were", async () => {
          const engine = await open(adapter ? { adapter } : {});
          const measure = (policy: "current" | "reference" | `snapshot-${number}`): Promise<Float32Array[]> =>
            engine.logprobs(sequences, { policy, temperature: 1 });
          const start = await measure("current");
          assert.deepEqual(await measure("reference"), start);
          await update(engine);
          await engine.step(adam);
          const snapshot = await engine.snapshot();
          const middle = await measure("current");
          assert.notDeepEqual(middle, start);
          await update(engine);
          await engine.step(adam);
          assert.notDeepEqual(await measure("current"), middle);
          assert.deepEqual(await measure(snapshot), middle);
          assert.deepEqual(await measure("reference"), start);
          await engine.release(snapshot);
          await assert.rejects(measure(snapshot), /snapshot/);
          await assert.rejects(engine.release("reference"));
        });

        test("updateUnits gives each unit its own log-probabilities, whole, and the gradient of its coefficients", async () => {
          const engine = await open({ settings: { microBatchTokens: 16 }, ...(adapter ? { adapter } : {}) });
          const current = await engine.logprobs(sequences, { policy: "current", temperature: 0.8 });
          const units = [[0, 7, 3], [12], [5, 1], [2, 4, 6, 8, 9, 10, 11]];
          const seen: number[][] = [];
          await engine.updateUnits(
            sequences,
            units,
            (logprobs, indices) => {
              seen.push([...indices]);
              for (const [i, index] of indices.entries()) close(logprobs[i], current[index], 1e-5, `sequence ${index}`);
              return logprobs.map((row) => row.map((logprob) => Math.tanh(logprob)));
            },
            { temperature: 0.8 },
          );
          assert.deepEqual(
            seen.sort((a, b) => a[0] - b[0]),
            [...units].sort((a, b) => a[0] - b[0]),
          );
          const byUnits = await gradientOf(engine);
          await update(
            engine,
            sequences,
            current.map((row) => row.map((logprob) => Math.tanh(logprob))),
          );
          const direct = await gradientOf(engine);
          for (const [key, values] of direct) close(byUnits.get(key)!, values, 1e-5, key);
        });

        test("a gradient that is not finite is refused and changes nothing", async () => {
          const engine = await open(adapter ? { adapter } : {});
          const before = await bits(engine);
          await update(engine, [sequences[0]], [coefficients[0].map(() => Number.NaN)]);
          await assert.rejects(
            engine.step(adam),
            (error) => error instanceof SparringError && error.code === "engine/not-finite",
          );
          await engine.discard();
          assert.deepEqual(await bits(engine), before);
          await update(engine);
          await engine.step(adam);
        });

        test("an exported folder opens as the same model", async () => {
          const engine = await open(adapter ? { adapter } : {});
          await update(engine);
          await engine.step(adam);
          const dir = newFolder();
          await engine.export(dir, "hf");
          const exported = await open({ dir });
          const options = { policy: "current", temperature: 1 } as const;
          const [ours, theirs] = [
            await engine.logprobs(sequences, options),
            await exported.logprobs(sequences, options),
          ];
          for (const [i, row] of ours.entries()) close(theirs[i], row, 1e-5, `sequence ${i}`);
          if (adapter) {
            const peft = newFolder();
            await engine.export(peft, "peft");
            assert.deepEqual(readdirSync(peft).sort(), ["adapter_config.json", "adapter_model.safetensors"]);
          }
        });
      });
    }

    test("a LoRA adapter starts as the identity, and its seed decides it", async () => {
      const [plain, adapted, other] = [
        await open(),
        await open({ adapter: lora }),
        await open({ adapter: { ...lora, seed: 6 } }),
      ];
      const options = { policy: "current", temperature: 1 } as const;
      assert.deepEqual(await adapted.logprobs(sequences, options), await plain.logprobs(sequences, options));
      assert.notDeepEqual(await bits(adapted), await bits(other));
      assert.ok(adapted.capabilities.trainableParameters < plain.capabilities.trainableParameters);
    });

    test("rsLoRA scales an adapter by alpha/√rank, in training and in both exports", async () => {
      const rslora = await open({ adapter: { ...lora, rslora: true } });
      const asLora = await open({ adapter: { ...lora, alpha: lora.alpha * Math.sqrt(lora.rank) } });
      for (const engine of [rslora, asLora]) {
        await update(engine);
        await engine.step(adam);
      }
      const options = { policy: "current", temperature: 1 } as const;
      const [measured, expected] = [
        await rslora.logprobs(sequences, options),
        await asLora.logprobs(sequences, options),
      ];
      for (const [i, row] of expected.entries()) close(measured[i]!, row, 1e-5, `sequence ${i}`);
      const [hf, peft] = [newFolder(), newFolder()];
      await rslora.export(hf, "hf");
      const exported = await (await open({ dir: hf })).logprobs(sequences, options);
      for (const [i, row] of exported.entries()) close(row, measured[i]!, 1e-5, `exported, sequence ${i}`);
      await rslora.export(peft, "peft");
      const config = JSON.parse(readFileSync(join(peft, "adapter_config.json"), "utf8"));
      assert.deepEqual([config.use_rslora, config.lora_alpha, config.r], [true, lora.alpha, lora.rank]);
    });

    test("an adapter can go on from a PEFT folder: the reference is the model with it, the optimizer is fresh", async () => {
      const measure = (engine: Engine, policy: "current" | "reference"): Promise<Float32Array[]> =>
        engine.logprobs(sequences, { policy, temperature: 1 });
      const first = await open({ adapter: lora });
      await update(first);
      await first.step(adam);
      const [from, state] = [newFolder(), await saved(first)];
      await first.export(from, "peft");
      const start = await measure(first, "current");

      const targets = lora.targets.toReversed();
      const other = await writeTinyModel(join(folder, "another"), shape, 3);
      const [second, elsewhere] = [
        await open({ adapter: { ...lora, targets, seed: 9, from } }),
        await open({ adapter: { ...lora, from }, reference: { dir: other } }),
      ];
      for (const policy of ["current", "reference"] as const) {
        for (const [i, row] of (await measure(second, policy)).entries()) close(row, start[i]!, 1e-5, `${policy} ${i}`);
      }
      const reference = await measure(second, "reference");
      const plain = await measure(await open({ dir: other }), "current");
      for (const [i, row] of (await measure(elsewhere, "current")).entries())
        close(row, start[i]!, 1e-5, `current ${i}`);
      assert.deepEqual(await measure(elsewhere, "reference"), plain);

      await freshMoments(state);
      await first.load(state);
      for (const engine of [first, second]) {
        await update(engine);
        assert.equal((await engine.step(adam)).step, 1);
      }
      const moved = await measure(first, "current");
      for (const [i, row] of (await measure(second, "current")).entries()) close(row, moved[i]!, 1e-5, `moved ${i}`);
      assert.deepEqual(await measure(second, "reference"), reference);
      await second.load(await saved(first));
      assert.deepEqual(await measure(second, "reference"), reference);
    });

    test("an adapter of other settings, or none, is refused to go on from", async () => {
      const from = newFolder();
      await (await open({ adapter: lora })).export(from, "peft");
      const refused = (adapter: AdapterRef, code: string): Promise<void> =>
        assert.rejects(open({ adapter }), (error) => error instanceof SparringError && error.code === code);
      for (const other of [{ rank: 2 }, { alpha: 7 }, { rslora: true }, { targets: ["q_proj", "v_proj"] }] as const) {
        await refused({ ...lora, ...other, from }, "engine/adapter-does-not-fit");
      }
      await refused({ ...lora, from: newFolder() }, "engine/adapter-missing");
    });

    test("another model can be the reference, with and without an adapter", async () => {
      const dir = await writeTinyModel(join(folder, "other"), shape, 2);
      const options = { temperature: 1 } as const;
      const expected = await (await open({ dir })).logprobs(sequences, { ...options, policy: "current" });
      for (const adapter of [undefined, lora]) {
        const engine = await open({ reference: { dir }, ...(adapter && { adapter }) });
        assert.deepEqual(await engine.logprobs(sequences, { ...options, policy: "reference" }), expected);
        assert.notDeepEqual(await engine.logprobs(sequences, { ...options, policy: "current" }), expected);
      }
    });

    test("it tells what it is doing without being asked twice", async () => {
      const engine = await open();
      const quiet = engine.status();
      assert.equal(quiet.alive, true);
      assert.equal(quiet.call, undefined);
      const work = engine.sample(requestsFor(60), drawing);
      await new Promise(setImmediate);
      const busy = engine.status();
      assert.equal(busy.call, "sample");
      assert.ok(busy.silentSeconds >= 0 && busy.silentSeconds < 60);
      await work;
      assert.equal(engine.status().call, undefined);
      await engine.close();
      assert.equal(engine.status().alive, false);
    });

    test("state of another model is refused whole", async () => {
      const engine = await open({ adapter: lora });
      const other = await open({ adapter: { ...lora, rank: 2 } });
      const before = await bits(engine);
      const dir = await saved(other);
      await assert.rejects(
        engine.load(dir),
        (error) => error instanceof SparringError && error.code === "engine/state-does-not-fit",
      );
      assert.deepEqual(await bits(engine), before);
    });
  });
}

function same(actual: Completion, expected: Completion): void {
  assert.deepEqual([...actual.tokens], [...expected.tokens]);
  assert.equal(actual.stop, expected.stop);
  close(actual.logprobs, expected.logprobs, 1e-5, "log-probabilities");
}

/** Sets a saved state's moments and step count to those of a fresh optimizer. */
async function freshMoments(dir: string): Promise<void> {
  const file = join(dir, "optimizer.safetensors");
  const tensors = [...(await readSafetensors(file))].map(([key, tensor]) => {
    return [
      key,
      { dtype: "F32" as const, shape: tensor.shape, data: new Float32Array(toFloat32(tensor).length) },
    ] as const;
  });
  await writeSafetensors(file, new Map(tensors));
  const state = join(dir, "engine.json");
  const { writeFileSync } = await import("node:fs");
  writeFileSync(state, JSON.stringify({ ...JSON.parse(readFileSync(state, "utf8")), step: 0 }));
}
