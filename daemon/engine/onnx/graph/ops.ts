import { type Graph, sizeOf, type Value } from "./graph.ts";

/*
 * The operators that models are built from. Each checks shapes, adds ONNX nodes, and records itself for autodiff
 * under its own name. Gradient rules are in ../autodiff/rules.ts, under the same names.
 */

function fail(op: string, ...values: readonly Value[]): never {
  throw new Error(`${op}: shapes ${values.map((value) => `[${value.shape.join(", ")}]`).join(" and ")} do not fit`);
}

/** The shape of an elementwise result, by the rules of NumPy's broadcasting. */
export function broadcastShape(op: string, a: Value, b: Value): number[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a.shape[axis - rank + a.shape.length] ?? 1;
    const y = b.shape[axis - rank + b.shape.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) fail(op, a, b);
    return Math.max(x, y);
  });
}

function binary(kind: "Add" | "Mul", a: Value, b: Value): Value {
  const result = a.graph.node(kind, [a, b], broadcastShape(kind, a, b));
  a.graph.record(kind, [a, b], [result]);
  return result;
}

/** a + b, broadcast. */
export function add(a: Value, b: Value): Value {
  return binary("Add", a, b);
}

/** a · b elementwise, broadcast. */
export function mul(a: Value, b: Value): Value {
  return binary("Mul", a, b);
}

/** Same elements in another shape. */
export function reshape(x: Value, shape: readonly number[]): Value {
  if (sizeOf(shape) !== sizeOf(x.shape)) throw new Error(`reshape: [${x.shape}] has not the size of [${shape}]`);
  const result = x.graph.node("Reshape", [x, x.graph.integers(shape)], shape);
  x.graph.record("Reshape", [x], [result]);
  return result;
}

/** Axes in another order: result axis i is x's axis `order[i]`. */
export function transpose(x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis]);
  const result = x.graph.node("Transpose", [x], shape, { perm: order });
  x.graph.record("Transpose", [x], [result], { order });
  return result;
}

/** Joins along an axis. */
export function concat(values: readonly Value[], axis: number): Value {
  const first = values[0];
  const shape = first.shape.map((extent, i) =>
    i === axis ? values.reduce((sum, value) => sum + value.shape[axis], 0) : extent,
  );
  const result = first.graph.node("Concat", values, shape, { axis });
  first.graph.record("Concat", values, [result], { axis });
  return result;
}

/** Elements `start` to `end` (exclusive) along an axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const { graph } = x;
  const shape = x.shape.map((extent, i) => (i === axis ? end - start : extent));
  const bounds = [graph.integers([start]), graph.integers([end]), graph.integers([axis])];
  const result = graph.node("Slice", [x, ...bounds], shape);
  graph.record("Slice", [x], [result], { axis, start, end });
  return result;
}

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Multiplies the product. */
  readonly scale?: number;
}

/** Matrix product over the last two axes; leading axes are batches and must be equal. */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const batch = a.shape.slice(0, -2);
  if (
    inner !== b.shape.at(transposeB ? -1 : -2) ||
    batch.length !== b.shape.length - 2 ||
    batch.some((extent, i) => extent !== b.shape[i])
  ) {
    fail("matmul", a, b);
  }
  const result = product(a, b, transposeA, transposeB, scale);
  a.graph.record("MatMul", [a, b], [result], { transposeA, transposeB, scale });
  return result;
}

/** The nodes of `matmul`, which its gradients use too. */
export function product(a: Value, b: Value, transposeA: boolean, transposeB: boolean, scale: number): Value {
  const { graph } = a;
  const m = a.shape.at(transposeA ? -1 : -2)!;
  const n = b.shape.at(transposeB ? -2 : -1)!;
  const shape = [...a.shape.slice(0, -2), m, n];
  if (graph.contrib) {
    const flags = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: { float: scale } };
    return graph.node("*FusedMatMul", [a, b], shape, flags);
  }
  const plain = graph.node("MatMul", [swapLast(a, transposeA), swapLast(b, transposeB)], shape);
  return scale === 1 ? plain : graph.node("Mul", [plain, graph.scalar(scale)], shape);
}

function swapLast(x: Value, wanted: boolean): Value {
  if (!wanted) return x;
  const order = x.shape.map((_, axis) => axis);
  order.push(...order.splice(-2).reverse());
  const swapped = order.map((axis) => x.shape[axis]);
  return x.graph.node("Transpose", [x], swapped, { perm: order });
}

/** x·Wᵀ for rows x [T, in] and a weight in PyTorch's layout [out, in]. */
export function linear(x: Value, weight: Value): Value {
  if (x.shape.length !== 2 || x.shape[1] !== weight.shape[1]) fail("linear", x, weight);
  const result = x.graph.node("Gemm", [x, weight], [x.shape[0], weight.shape[0]], { transB: 1 });
  x.graph.record("Linear", [x, weight], [result]);
  return result;
}

/** Softmax over the last axis. */
export function softmax(x: Value): Value {
  const result = x.graph.node("Softmax", [x], x.shape, { axis: -1 });
  x.graph.record("Softmax", [x], [result]);
  return result;
}

/** silu(gate) · up = gate · σ(gate) · up, the activation of Llama's feed-forward block. */
export function swiglu(gate: Value, up: Value): Value {
  const { graph } = gate;
  const sigmoid = graph.node("Sigmoid", [gate], gate.shape);
  const silu = graph.node("Mul", [gate, sigmoid], gate.shape);
  const result = graph.node("Mul", [silu, up], gate.shape);
  graph.record("SwiGlu", [gate, up], [result], { sigmoid, silu });
  return result;
}

/** RMS norm over the last axis: y = w · x / sqrt(mean(x²) + ε). */
export function rmsNorm(x: Value, weight: Value, epsilon: number): Value {
  const { graph } = x;
  const rows = [...x.shape.slice(0, -1), 1];
  let inverse: Value;
  let result: Value;
  if (graph.contrib) {
    const attributes = { axis: -1, epsilon: { float: epsilon }, stash_type: 1 };
    // An operator of ONNX Runtime that lives in the standard domain; its second output is 1/rms.
    [result, inverse] = graph.nodes("SimplifiedLayerNormalization", [x, weight], [x.shape, rows], attributes) as [
      Value,
      Value,
    ];
  } else {
    const square = graph.node("Mul", [x, x], x.shape);
    const mean = graph.node("ReduceMean", [square, graph.integers([x.shape.length - 1])], rows, { keepdims: 1 });
    const root = graph.node("Sqrt", [graph.node("Add", [mean, graph.scalar(epsilon)], rows)], rows);
    inverse = graph.node("Reciprocal", [root], rows);
    result = graph.node("Mul", [graph.node("Mul", [x, inverse], x.shape), weight], x.shape);
  }
  graph.record("RmsNorm", [x, weight], [result], { inverse });
  return result;
}

/** Rotary tables: cos and sin of position·θ^(−2i/d), each [positions, headSize/2]. */
export interface RotaryTables {
  readonly cos: Value;
  readonly sin: Value;
  /** Row of the tables for each token, int64 [batch, length]. */
  readonly positions: Value;
}

/**
 * Rotary position embedding in the half-split layout of Hugging Face's Llama:
 * (x₁, x₂) → (x₁·cos − x₂·sin, x₂·cos + x₁·sin) with x₁, x₂ the halves of a head.
 * @param x [batch, length, heads·headSize]
 */
export function rotary(x: Value, heads: number, tables: RotaryTables): Value {
  const result = rotate(x, heads, tables, false);
  x.graph.record("Rotary", [x], [result], { heads, tables });
  return result;
}

/** The nodes of `rotary`; `backwards` turns by the negative angle, which is its transpose. */
export function rotate(x: Value, heads: number, tables: RotaryTables, backwards: boolean): Value {
  const { graph } = x;
  const { cos, positions } = tables;
  const sin = backwards ? graph.node("Neg", [tables.sin], tables.sin.shape) : tables.sin;
  if (graph.contrib) {
    return graph.node("*RotaryEmbedding", [x, positions, cos, sin], x.shape, { num_heads: heads });
  }
  const [batch, length, width] = x.shape as [number, number, number];
  const half = width / heads / 2;
  const row = [batch, length, 1, half];
  const at = (table: Value): Value =>
    graph.node("Reshape", [graph.node("Gather", [table, positions], [batch, length, half]), graph.integers(row)], row);
  const [c, s] = [at(cos), at(sin)];
  const split = [batch, length, heads, half];
  const x4 = graph.node(
    "Reshape",
    [x, graph.integers([batch, length, heads, 2 * half])],
    [...split.slice(0, 3), 2 * half],
  );
  const part = (from: number): Value =>
    graph.node("Slice", [x4, graph.integers([from]), graph.integers([from + half]), graph.integers([3])], split);
  const [x1, x2] = [part(0), part(half)];
  const times = (a: Value, b: Value): Value => graph.node("Mul", [a, b], split);
  const y1 = graph.node("Sub", [times(x1, c), times(x2, s)], split);
  const y2 = graph.node("Add", [times(x2, c), times(x1, s)], split);
  const joined = graph.node("Concat", [y1, y2], [...split.slice(0, 3), 2 * half], { axis: 3 });
  return graph.node("Reshape", [joined, graph.integers(x.shape)], x.shape);
}

/** Rows of a matrix: result[i] = table[indices[i]]; indices int32 [n]. */
export function rows(table: Value, indices: Value): Value {
  const result = table.graph.node("Gather", [table, indices], [indices.shape[0], table.shape[1]], { axis: 0 });
  table.graph.record("Rows", [table, indices], [result]);
  return result;
}

/**
 * log softmax(logits · inverseTemperature)[target] for each row.
 * @param logits [P, V] · @param targets int32 [P] · @param inverseTemperature []
 */
export function targetLogprob(logits: Value, targets: Value, inverseTemperature: Value): Value {
  const { graph } = logits;
  const [count] = logits.shape as [number, number];
  const tempered = graph.node("Mul", [logits, inverseTemperature], logits.shape);
  const logprobs = graph.node("LogSoftmax", [tempered], logits.shape, { axis: -1 });
  const column = graph.node("Reshape", [targets, graph.integers([count, 1])], [count, 1], {}, "int32");
  const picked = graph.node("GatherElements", [logprobs, column], [count, 1], { axis: 1 });
  const result = graph.node("Reshape", [picked, graph.integers([count])], [count]);
  graph.record("TargetLogprob", [logits, targets, inverseTemperature], [result], { logprobs });
  return result;
}

/** Constant zeros, for gradients that scatter into them. */
export function zeros(graph: Graph, shape: readonly number[]): Value {
  return graph.node("ConstantOfShape", [graph.integers(shape)], shape);
}
