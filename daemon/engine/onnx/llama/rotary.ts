import type { Llama3RopeScaling } from "../../../models/config.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { RotaryTables } from "../graph/ops.ts";
import type { LlamaShape } from "./shape.ts";

/**
 * Angle per position of each of a head's pairs of coordinates, radians: θ^(−2i/d), i < d/2, which Llama 3 slows down
 * where a turn is long against the positions of its first training.
 */
export function rotaryFrequencies(shape: Pick<LlamaShape, "headSize" | "ropeTheta" | "ropeScaling">): Float64Array {
  const { headSize, ropeTheta, ropeScaling } = shape;
  const plain = Float64Array.from({ length: headSize / 2 }, (_, i) => ropeTheta ** ((-2 * i) / headSize));
  return ropeScaling ? plain.map((frequency) => llama3(frequency, ropeScaling)) : plain;
}

/** Fast turns as they are, slow ones divided by `factor`, between them a straight line in turns per first training. */
function llama3(frequency: number, scaling: Llama3RopeScaling): number {
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositions } = scaling;
  const turns = (originalMaxPositions * frequency) / (2 * Math.PI);
  const kept = Math.min(1, Math.max(0, (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor)));
  return kept * frequency + (1 - kept) * (frequency / factor);
}

/**
 * cos and sin of positions 0 to `count` − 1, computed in double precision. Only those that a program can meet: a table of
 * all positions of a model with 128k of them takes 64 MB a program.
 * @param positions each token's position, below `count`; int64 [batch, length]
 */
export function rotaryTables(graph: Graph, shape: LlamaShape, positions: Value, count: number): RotaryTables {
  const frequencies = rotaryFrequencies(shape);
  const half = frequencies.length;
  const angles = Float64Array.from(
    { length: count * half },
    (_, cell) => Math.floor(cell / half) * frequencies[cell % half],
  );
  const table = (of: (angle: number) => number): Value => graph.constant(Float32Array.from(angles, of), [count, half]);
  return { cos: table(Math.cos), sin: table(Math.sin), positions };
}
