import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdamParams, AdapterRef, Engine, Sequence } from "../../../daemon/engine/engine.ts";
import { readSafetensors, toFloat32 } from "../../../daemon/models/safetensors.ts";
import { tinyShape } from "../tiny-model.ts";

/* One batch with everything that a layout has to deal with, and what an engine makes of it. */

export const lora: AdapterRef = {
  rank: 4,
  alpha: 8,
  targets: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  seed: 7,
};
/** No momentum, so that the first moment is the gradient. */
export const adam: AdamParams = { lr: 1e-2, beta1: 0, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 0 };
export const temperature = 0.8;

export function tokens(length: number, seed: number): number[] {
  return Array.from({ length }, (_, t) => (seed * 31 + t * t * 7 + t * seed) % tinyShape.vocabulary);
}

const rubric = tokens(60, 5);
/** Groups of answers, pairs, prompts behind a rubric, prompts that continue prompts, answers of one token and of none. */
export const batch: readonly Sequence[] = [
  ...[3, 1, 9, 0, 5].map((length, i) => ({ prompt: tokens(40, 1), response: tokens(length, i) })),
  ...[1, 1].map((length, i) => ({ prompt: tokens(7, 2), response: tokens(length, i + 3) })),
  ...[4, 6, 2].map((length, i) => ({ prompt: [...rubric, ...tokens(5 + i, i)], response: tokens(length, i) })),
  { prompt: [...rubric, ...tokens(5, 0)], response: tokens(8, 9) },
  { prompt: rubric, response: tokens(1, 4) },
  { prompt: [...rubric, ...tokens(35, 2), 1], response: tokens(3, 4) },
  { prompt: [...rubric, ...tokens(35, 2), 2], response: tokens(3, 5) },
  { prompt: tokens(90, 11), response: tokens(12, 4) },
  { prompt: [3], response: tokens(2, 1) },
];
export const coefficients: readonly Float32Array[] = batch.map(({ response }, i) =>
  Float32Array.from({ length: response.length }, (_, t) => Math.sin(i * 1.3 + t * 0.7)),
);
const units = [[0, 4, 1], [2, 3], [5, 6], [7, 10, 8], [9], [11, 12, 13], [14, 15]];

type Gradient = ReadonlyMap<string, Float32Array>;

/** What an engine made of the batch. */
export interface Played {
  readonly measured: readonly Float32Array[];
  readonly reference: readonly Float32Array[];
  readonly objective: number;
  /** Gradients at the start, after a step, and after another one by `updateUnits`. */
  readonly gradients: { readonly first: Gradient; readonly second: Gradient; readonly byUnits: Gradient };
}

/** The gradient of what was given to `update` since the last step; takes a step. */
async function gradientOf(engine: Engine): Promise<Gradient> {
  await engine.step(adam);
  const dir = mkdtempSync(join(tmpdir(), "sparring-playing-"));
  try {
    await engine.save(dir);
    const tensors = [...(await readSafetensors(join(dir, "optimizer.safetensors")))];
    return new Map(tensors.filter(([key]) => key.startsWith("m.")).map(([key, tensor]) => [key, toFloat32(tensor)]));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Updates, measures and steps, so that LoRA's B is not zero in what follows. */
export async function play(engine: Engine): Promise<Played> {
  await engine.update(batch, coefficients, { temperature });
  const first = await gradientOf(engine);
  const measured = await engine.logprobs(batch, { policy: "current", temperature });
  const reference = await engine.logprobs(batch, { policy: "reference", temperature });
  const { objective } = await engine.update(batch, coefficients, { temperature });
  const second = await gradientOf(engine);
  const tanh = (logprobs: readonly Float32Array[]): Float32Array[] => logprobs.map((row) => row.map(Math.tanh));
  await engine.updateUnits(batch, units, tanh, { temperature });
  return { measured, reference, objective, gradients: { first, second, byUnits: await gradientOf(engine) } };
}

/** Requires the same but for rounding: log-probabilities within 1e-5 nat, gradients within 1e-5 relative. */
export function requireSame(found: Played, expected: Played, name: string, tell: (line: string) => void): void {
  const errors: Record<string, number> = {
    measured: largestDifference(found.measured, expected.measured),
    reference: largestDifference(found.reference, expected.reference),
    objective: Math.abs(found.objective / expected.objective - 1),
  };
  for (const kind of ["first", "second", "byUnits"] as const) {
    errors[kind] = relativeError(found.gradients[kind], expected.gradients[kind]);
  }
  tell(`${name}: ${JSON.stringify(errors)}`);
  for (const [what, error] of Object.entries(errors)) assert.ok(error < 1e-5, `${name}, ${what}: ${error}`);
}

/** ‖a − b‖ / ‖b‖ */
function relativeError(a: Gradient, b: Gradient): number {
  let [difference, norm] = [0, 0];
  assert.deepEqual([...a.keys()], [...b.keys()]);
  for (const [name, row] of b) {
    for (const [i, value] of row.entries()) {
      difference += (a.get(name)![i]! - value) ** 2;
      norm += value ** 2;
    }
  }
  assert.ok(norm > 0);
  return Math.sqrt(difference / norm);
}

function largestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  assert.deepEqual(
    a.map(({ length }) => length),
    b.map(({ length }) => length),
  );
  return Math.max(...a.flatMap((row, i) => Array.from(row, (value, t) => Math.abs(value - b[i]![t]!))));
}
