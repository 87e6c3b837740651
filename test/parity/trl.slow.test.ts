import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { AdamParams, PolicyId } from "../../daemon/engine/engine.ts";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { readSafetensors, toFloat32 } from "../../daemon/models/safetensors.ts";
import { imitationMetrics, type UnitObservation } from "../../daemon/selfplay/imitation-metrics.ts";
import { type ImitationSettings, imitationDefaults } from "../../daemon/selfplay/imitation-settings.ts";
import { denominatorOf, gradientOf, type StepResponse, unitIndices } from "../../daemon/selfplay/imitation-step.ts";
import { type ImitationName, imitationAlgorithms } from "../../daemon/selfplay/registry.ts";
import { missing, modelFolder, python } from "./reference.ts";

/*
 * Losses and gradients of all weights through our pure functions and the onnx engine's updateUnits, against TRL's DPOTrainer:
 * its tokens, its collator, its compute_loss and PyTorch's autograd (trl_dpo.py), both in float32. Rounding of D enters the
 * gradient times β·c (SPIF at β 1, c 1.5 was measured to differ by 2e-5), so the settings are those that people use.
 */

/** No momentum, so that the first moment is the gradient; no clipping. */
const adam: AdamParams = { lr: 1e-3, beta1: 0, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1e9 };
const limit = 1e-5;

const pairs = [
  { prompt: "What is 2 plus 3?", chosen: " It is 5.", rejected: " I would not know that, sorry." },
  { prompt: "Name a colour", chosen: ": blue, or red if you like", rejected: ": 7" },
  { prompt: "Why?", chosen: " Because.", rejected: " Because of the sun, the moon and all of the stars!" },
  { prompt: "Is this a longer prompt than the others are? ", chosen: "yes", rejected: "no" },
  { prompt: "x", chosen: "y", rejected: "y, and z" },
];

interface Case {
  readonly algorithm: ImitationName;
  readonly settings: Partial<ImitationSettings>;
  /** TRL's name of the loss, and its β. */
  readonly loss: string;
  readonly beta: number;
  /** Our loss is TRL's times this. */
  readonly factor: number;
}

const [spifBeta, spifC] = [0.1, 1];
const cases: readonly Case[] = [
  { algorithm: "dpo", settings: { beta: 0.3 }, loss: "sigmoid", beta: 0.3, factor: 1 },
  // TRL has no SPIN; it is DPO whose reference is the opponent.
  { algorithm: "spin", settings: { beta: 0.1 }, loss: "sigmoid", beta: 0.1, factor: 1 },
  { algorithm: "ipo", settings: { tau: 0.4 }, loss: "ipo", beta: 0.4, factor: 1 },
  {
    ...{ algorithm: "spif", settings: { beta: spifBeta, c: spifC } },
    ...{ loss: "sppo_hard", beta: (spifC * spifBeta) / 2, factor: (spifC * spifBeta ** 2) / 2 },
  },
];

interface Theirs {
  readonly pairs: readonly Readonly<Record<"prompt" | "chosen" | "rejected", number[]>>[];
  readonly cases: readonly { readonly loss: number; readonly margin: number; readonly accuracy: number }[];
}

/** Asks trl_dpo.py. Datasets that it caches lie in the scratch folder. */
async function askTrl(request: { readonly scratch: string } & Readonly<Record<string, unknown>>): Promise<Theirs> {
  const script = fileURLToPath(new URL("./trl_dpo.py", import.meta.url));
  const calm = { OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "PASSIVE", TOKENIZERS_PARALLELISM: "false" };
  const own = { HF_HOME: join(request.scratch, "hf"), HF_HUB_OFFLINE: "1", PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(python, [script], { env: { ...process.env, ...calm, ...own }, stdio: ["pipe", "pipe", "pipe"] });
  try {
    child.stdin.end(JSON.stringify(request));
    const [answer, complaints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    assert.equal(child.exitCode, 0, complaints);
    return JSON.parse(answer) as Theirs;
  } finally {
    child.kill();
  }
}

/** ‖a − b‖ / ‖b‖. */
function relativeError(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  const norm = (of: (i: number) => number): number => Math.sqrt(b.reduce((sum, _, i) => sum + of(i) ** 2, 0));
  return norm((i) => a[i]! - b[i]!) / norm((i) => b[i]!);
}

describe("TRL's DPOTrainer agrees", { skip: missing("llama-tied") }, () => {
  const reference = modelFolder("llama-tied");
  let scratch = "";
  let engine: OnnxEngine;
  let opponent: PolicyId;
  let theirs: Theirs;
  const gradientsOf = (of: Case): string => join(scratch, `${of.algorithm}.safetensors`);

  function folder(name: string): string {
    mkdirSync(join(scratch, name));
    return join(scratch, name);
  }

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "sparring-trl-"));
    engine = new OnnxEngine({ threads: 2 });
    await engine.open({ dir: reference });
    opponent = await engine.snapshot();
    // Away from the reference, so that D is not 0.
    for (let step = 0; step < 3; step++) {
      const sequences = [3, 8].map((first) => ({ prompt: [first, 40, 41], response: [90 + first, 120, 5, 2] }));
      await engine.update(
        sequences,
        sequences.map(() => new Float32Array(4).fill(-1)),
        { temperature: 1 },
      );
      await engine.step(adam);
    }
    await engine.save(folder("start"));
    const model = folder("model");
    await engine.export(model, "hf");
    const asked = cases.map((each) => ({ loss: each.loss, beta: each.beta, gradients: gradientsOf(each) }));
    theirs = await askTrl({ model, reference, scratch, pairs, cases: asked });
  });
  after(async () => {
    await engine?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const [index, each] of cases.entries()) {
    test(`${each.algorithm}: loss and gradient are those of ${each.loss} at β = ${each.beta}`, async (context) => {
      const algorithm = imitationAlgorithms[each.algorithm];
      const settings = { ...imitationDefaults, ...each.settings };
      await engine.load(join(scratch, "start"));
      const units = theirs.pairs.map(({ prompt, chosen, rejected }) =>
        [chosen, rejected].map((response) => ({ prompt, response })),
      );
      const policy = algorithm.reference === "opponent" ? opponent : "reference";
      const measured = await engine.logprobs(units.flat(), { policy, temperature: 1 });
      const drawn = units.map((unit, u) =>
        unit.map(
          ({ response }, r): StepResponse => ({ response, truncated: false, reference_T: measured[2 * u + r]! }),
        ),
      );
      const observed: UnitObservation[] = [];
      // Two batches make the step; each knows the whole step's denominator.
      const denominator = denominatorOf(algorithm, drawn);
      for (const [from, to] of [
        [0, 2],
        [2, units.length],
      ]) {
        const batch = units.slice(from, to);
        const gradient = gradientOf(
          algorithm,
          settings,
          drawn.slice(from, to),
          denominator,
          (_, response_R, { loss }) => observed.push({ response_R, loss }),
        );
        await engine.updateUnits(batch.flat(), unitIndices(batch), gradient, { temperature: 1 });
      }
      await engine.step(adam);
      const state = folder(each.algorithm);
      await engine.save(state);

      const metrics = imitationMetrics(algorithm, observed, settings);
      const their = theirs.cases[index]!;
      const loss = Math.abs(metrics["imitation/loss"]! / (each.factor * their.loss) - 1);
      context.diagnostic(`loss, relative: ${loss.toExponential(1)} (below ${limit})`);
      assert.ok(loss < limit, `${metrics["imitation/loss"]} is not ${each.factor} · ${their.loss}`);
      if (each.loss === "sigmoid") {
        assert.ok(Math.abs(metrics["imitation/rewards/margins"]! - their.margin) < limit);
        assert.ok(Math.abs(metrics["imitation/rewards/accuracies"]! - their.accuracy) < 1e-6);
      }

      const moments = await readSafetensors(join(state, "optimizer.safetensors"));
      const gradients = await readSafetensors(gradientsOf(each));
      assert.equal([...moments.keys()].filter((name) => name.startsWith("m.")).length, gradients.size);
      const all = [...gradients].map(
        ([name, tensor]) => [toFloat32(moments.get(`m.${name}`)!), toFloat32(tensor)] as const,
      );
      const error = relativeError(
        all.flatMap(([our]) => [...our]),
        all.flatMap(([, their]) => [...their].map((value) => each.factor * value)),
      );
      context.diagnostic(`gradient, relative: ${error.toExponential(1)} (below ${limit})`);
      assert.ok(error < limit, `gradient: ${error}`);
    });
  }
});
