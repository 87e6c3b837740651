import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gradients } from "../../daemon/engine/onnx/autodiff/autodiff.ts";
import { rules } from "../../daemon/engine/onnx/autodiff/rules.ts";
import { Graph, sizeOf, type Value } from "../../daemon/engine/onnx/graph/graph.ts";
import * as ops from "../../daemon/engine/onnx/graph/ops.ts";
import { float32, floats, SessionCache } from "../../daemon/engine/onnx/runtime/sessions.ts";

/*
 * Every operation's gradient against central differences of its own forward pass, with and without contrib operators,
 * and both forward passes against each other.
 */

interface Case {
  readonly kind: string;
  readonly name: string;
  /** Shapes of the float inputs; all of them are differentiated. */
  readonly inputs: readonly (readonly number[])[];
  readonly build: (graph: Graph, inputs: readonly Value[]) => Value;
}

const positions = (graph: Graph, batch: number, length: number): Value =>
  graph.constant(
    BigInt64Array.from({ length: batch * length }, (_, i) => BigInt((i * 3) % 7)),
    [batch, length],
  );

function tables(graph: Graph, batch: number, length: number, half: number): ops.RotaryTables {
  const angles = Float32Array.from({ length: 8 * half }, (_, i) => Math.floor(i / half) * 0.7 ** (i % half));
  return {
    cos: graph.constant(angles.map(Math.cos), [8, half]),
    sin: graph.constant(angles.map(Math.sin), [8, half]),
    positions: positions(graph, batch, length),
  };
}

const indices = (graph: Graph, values: readonly number[]): Value =>
  graph.constant(Int32Array.from(values), [values.length]);

const cases: Case[] = [
  {
    kind: "Add",
    name: "equal shapes",
    inputs: [
      [2, 3],
      [2, 3],
    ],
    build: (_, [a, b]) => ops.add(a!, b!),
  },
  {
    kind: "Add",
    name: "broadcast",
    inputs: [
      [2, 3, 4],
      [3, 1],
    ],
    build: (_, [a, b]) => ops.add(a!, b!),
  },
  {
    kind: "Add",
    name: "a bias to every row",
    inputs: [[4, 3], [3]],
    build: (_, [rows, bias]) => ops.add(rows!, bias!),
  },
  {
    kind: "Mul",
    name: "broadcast",
    inputs: [
      [2, 3, 4],
      [1, 4],
    ],
    build: (_, [a, b]) => ops.mul(a!, b!),
  },
  { kind: "Mul", name: "by itself", inputs: [[2, 3]], build: (_, [a]) => ops.mul(a!, a!) },
  { kind: "Reshape", name: "", inputs: [[2, 6]], build: (_, [a]) => ops.reshape(a!, [3, 4]) },
  { kind: "Transpose", name: "", inputs: [[2, 3, 4]], build: (_, [a]) => ops.transpose(a!, [2, 0, 1]) },
  {
    kind: "Concat",
    name: "",
    inputs: [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    build: (_, all) => ops.concat(all, 1),
  },
  { kind: "Slice", name: "", inputs: [[2, 5, 2]], build: (_, [a]) => ops.slice(a!, 1, 1, 4) },
  {
    kind: "Linear",
    name: "",
    inputs: [
      [4, 3],
      [5, 3],
    ],
    build: (_, [x, w]) => ops.linear(x!, w!),
  },
  ...[false, true].flatMap((transposeA) =>
    [false, true].map(
      (transposeB): Case => ({
        kind: "MatMul",
        name: `transposeA ${transposeA}, transposeB ${transposeB}`,
        inputs: [
          [2, ...(transposeA ? [4, 3] : [3, 4])],
          [2, ...(transposeB ? [5, 4] : [4, 5])],
        ],
        build: (_, [a, b]) => ops.matmul(a!, b!, { transposeA, transposeB, scale: 0.5 }),
      }),
    ),
  ),
  { kind: "Softmax", name: "", inputs: [[3, 5]], build: (_, [x]) => ops.softmax(x!) },
  {
    kind: "SwiGlu",
    name: "",
    inputs: [
      [3, 4],
      [3, 4],
    ],
    build: (_, [g, u]) => ops.swiglu(g!, u!),
  },
  { kind: "RmsNorm", name: "", inputs: [[3, 8], [8]], build: (_, [x, w]) => ops.rmsNorm(x!, w!, 1e-3) },
  {
    kind: "RmsNorm",
    name: "head by head",
    inputs: [[2, 3, 8], [4]],
    build: (_, [x, w]) => ops.reshape(ops.rmsNorm(ops.reshape(x!, [12, 4]), w!, 1e-3), [2, 3, 8]),
  },
  {
    kind: "Rotary",
    name: "two heads, scattered positions",
    inputs: [[2, 3, 8]],
    build: (graph, [x]) => ops.rotary(x!, 2, tables(graph, 2, 3, 2)),
  },
  {
    kind: "Rows",
    name: "repeated indices",
    inputs: [[4, 3]],
    build: (graph, [table]) => ops.rows(table!, indices(graph, [2, 0, 2, 2, 3])),
  },
  {
    kind: "TargetLogprob",
    name: "tempered",
    inputs: [[3, 6]],
    build: (graph, [x]) => ops.targetLogprob(x!, indices(graph, [5, 0, 2]), graph.scalar(1 / 0.7)),
  },
];

/** Numbers that look random and are the same everywhere. */
function numbers(size: number, seed: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed));
}

const sessions = new SessionCache(1);
let programs = 0;

async function run(
  graph: Graph,
  data: readonly Float32Array[],
  shapes: Case["inputs"],
): Promise<Map<string, Float32Array>> {
  const program = await sessions.get(String(programs++), () => ({ bytes: graph.encode(), weights: [] }));
  const feeds = Object.fromEntries(data.map((values, i) => [`x${i}`, float32(values, shapes[i])]));
  const outputs = await program.run(feeds, new Map());
  return new Map(graph.outputs.map(({ name }) => [name, floats(outputs, name).slice()]));
}

function forward(testCase: Case, contrib: boolean): { graph: Graph; inputs: Value[]; result: Value } {
  const graph = new Graph({ contrib });
  const inputs = testCase.inputs.map((shape, i) => graph.input(`x${i}`, "float32", shape));
  const result = testCase.build(graph, inputs);
  graph.output("y", result);
  return { graph, inputs, result };
}

for (const contrib of [true, false]) {
  describe(`gradients ${contrib ? "with" : "without"} contrib operators`, () => {
    for (const testCase of cases) {
      test(`${testCase.kind} ${testCase.name}`, async () => {
        const data = testCase.inputs.map((shape, i) => numbers(sizeOf(shape), i + 1));
        const { graph, inputs, result } = forward(testCase, contrib);
        const seedValues = numbers(sizeOf(result.shape), 99);
        const grads = gradients(graph, result, graph.constant(seedValues, result.shape), inputs);
        for (const [i, gradient] of grads.entries()) graph.output(`g${i}`, gradient);
        const outputs = await run(graph, data, testCase.inputs);

        const plain = forward(testCase, contrib).graph;
        const program = await sessions.get(String(programs++), () => ({ bytes: plain.encode(), weights: [] }));
        const objective = async (): Promise<number> => {
          const feeds = Object.fromEntries(data.map((values, i) => [`x${i}`, float32(values, testCase.inputs[i])]));
          const y = floats(await program.run(feeds, new Map()), "y");
          return y.reduce((sum, value, i) => sum + value * seedValues[i], 0);
        };
        const h = 1e-2;
        for (const [i, values] of data.entries()) {
          const analytic = outputs.get(`g${i}`)!;
          assert.equal(analytic.length, values.length);
          for (let k = 0; k < values.length; k++) {
            const at = values[k];
            const points: number[] = [];
            // Fourth-order central differences: single precision needs a large h.
            for (const offset of [-2, -1, 1, 2]) {
              values[k] = at + offset * h;
              points.push(await objective());
            }
            values[k] = at;
            const [m2, m1, p1, p2] = points as [number, number, number, number];
            const numeric = (m2 - 8 * m1 + 8 * p1 - p2) / (12 * h);
            assert.ok(
              Math.abs(numeric - analytic[k]) < 1e-3 * Math.max(1, Math.abs(numeric)),
              `input ${i}, element ${k}: ${analytic[k]} against ${numeric}`,
            );
          }
        }
      });
    }
  });
}

test("every gradient rule is tested", () => {
  assert.deepEqual([...new Set(cases.map(({ kind }) => kind))].sort(), Object.keys(rules).sort());
});

test("contrib and standard operators agree", async () => {
  for (const testCase of cases) {
    const data = testCase.inputs.map((shape, i) => numbers(sizeOf(shape), i + 1));
    const [a, b] = [forward(testCase, true).graph, forward(testCase, false).graph];
    const [x, y] = [await run(a, data, testCase.inputs), await run(b, data, testCase.inputs)];
    for (const [i, value] of x.get("y")!.entries()) {
      assert.ok(Math.abs(value - y.get("y")![i]) < 1e-6, `${testCase.kind}: ${value} against ${y.get("y")![i]}`);
    }
  }
});

test("no graph uses ScatterND, whose reduction races on CPU", async () => {
  const { readFile } = await import("node:fs/promises");
  const sources = ["graph/ops.ts", "autodiff/rules.ts"].map((file) =>
    readFile(new URL(`../../daemon/engine/onnx/${file}`, import.meta.url), "utf8"),
  );
  for (const source of await Promise.all(sources)) assert.doesNotMatch(source, /node\(\s*"\*?ScatterND"/);
});
