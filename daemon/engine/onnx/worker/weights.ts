import { SparringError } from "../../../errors.ts";
import { toFloat32 } from "../../../models/safetensors.ts";
import { loadWeights } from "../../../models/weights.ts";
import { streamNormal } from "../../random.ts";
import { sizeOf } from "../graph/graph.ts";
import type { Parameter } from "../llama/shape.ts";

/** Gives a weight of a model folder's, in the shape that config.json asks for. */
export type LoadWeight = (parameter: Parameter) => Float32Array;

/**
 * Reads the weights of a model folder.
 * @throws SparringError `model/weights-do-not-fit` when a weight is asked for that is missing or of another shape
 */
export async function weightsOf(dir: string): Promise<LoadWeight> {
  const weights = await loadWeights(dir);
  return ({ name, shape: wanted }) => {
    const tensor = weights.get(name);
    if (tensor && String(tensor.shape) === String(wanted)) return toFloat32(tensor);
    const found = tensor ? `is [${tensor.shape.join(", ")}] where config.json asks for` : "is missing, of shape";
    throw new SparringError(
      "model/weights-do-not-fit",
      `${name} ${found} [${wanted.join(", ")}]`,
      "Check that config.json and the safetensors files belong together, and that model and reference are of one shape.",
      { place: dir },
    );
  };
}

/** W + s·B·A, for W [out, in], A [rank, in], B [out, rank]. */
export function mergeAdapter(
  weight: Float32Array,
  a: Float32Array,
  b: Float32Array,
  shape: readonly number[],
  scale: number,
): Float32Array {
  const [out, inner] = shape as [number, number];
  const rank = a.length / inner;
  const merged = weight.slice();
  for (let row = 0; row < out; row++) {
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[row * rank + r];
      for (let column = 0; column < inner; column++) merged[row * inner + column] += factor * a[r * inner + column];
    }
  }
  return merged;
}

/** A normal with the variance of PEFT's default, 1/(3·in); B stays zero, so that the adapter starts as the identity. */
export function initialiseAdapter(parameters: readonly Parameter[], flat: Float32Array, seed: number): void {
  let offset = 0;
  for (const { name, shape } of parameters) {
    const size = sizeOf(shape);
    if (name.endsWith("lora_A.weight")) {
      const deviation = 1 / Math.sqrt(3 * shape[1]);
      for (let i = 0; i < size; i++) flat[offset + i] = deviation * streamNormal(seed, "adapter", offset + i);
    }
    offset += size;
  }
}
