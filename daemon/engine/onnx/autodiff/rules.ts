import type { Graph, Operation, Value } from "../graph/graph.ts";
import { product, type RotaryTables, rotate, zeros } from "../graph/ops.ts";

/**
 * Adds the nodes of one operation's vector–Jacobian product.
 * @param g      gradient of the operation's output, of its shape
 * @param needed which inputs need a gradient: the others may be left out
 * @returns one gradient per input, or undefined
 */
export type Rule = (operation: Operation, g: Value, needed: readonly boolean[]) => (Value | undefined)[];

function times(a: Value, b: Value, shape = a.shape): Value {
  return a.graph.node("Mul", [a, b], shape);
}

/** Sums a gradient over the axes along which its input had been broadcast. */
function unbroadcast(g: Value, shape: readonly number[]): Value {
  const { graph } = g;
  const missing = g.shape.length - shape.length;
  const axes = g.shape.flatMap((extent, axis) =>
    axis < missing || (shape[axis - missing] === 1 && extent !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return g;
  const kept = g.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const summed = graph.node("ReduceSum", [g, graph.integers(axes)], kept, { keepdims: 1 });
  return missing === 0 ? summed : graph.node("Reshape", [summed, graph.integers(shape)], shape);
}

/**
 * Adds rows into a table of zeros: the transpose of picking rows. `ScatterElements` on axis 0, never `ScatterND` with a
 * reduction, which races on CPU where indices repeat.
 */
function scatterRows(graph: Graph, table: Value, indices: Value, g: Value): Value {
  const [count, width] = g.shape as [number, number];
  const column = graph.node("Reshape", [indices, graph.integers([count, 1])], [count, 1], {}, "int32");
  const wide = graph.node("Expand", [column, graph.integers([count, width])], [count, width], {}, "int32");
  const attributes = { axis: 0, reduction: "add" };
  return graph.node("ScatterElements", [zeros(graph, table.shape), wide, g], table.shape, attributes);
}

/** One rule per operation of graph/ops.ts. */
export const rules: Readonly<Record<string, Rule>> = {
  Add: ({ inputs: [a, b] }, g) => [unbroadcast(g, a!.shape), unbroadcast(g, b!.shape)],

  Mul: ({ inputs: [a, b] }, g, needed) => [
    needed[0] ? unbroadcast(times(g, b!), a!.shape) : undefined,
    needed[1] ? unbroadcast(times(g, a!), b!.shape) : undefined,
  ],

  Reshape: ({ inputs: [x] }, g) => [g.graph.node("Reshape", [g, g.graph.integers(x!.shape)], x!.shape)],

  Transpose: ({ inputs: [x], parameters }, g) => {
    const order = parameters.order as readonly number[];
    const inverse = order.map((_, axis) => order.indexOf(axis));
    return [g.graph.node("Transpose", [g], x!.shape, { perm: inverse })];
  },

  Concat: ({ inputs, parameters }, g) => {
    const axis = parameters.axis as number;
    let start = 0;
    return inputs.map((input) => {
      const end = start + input.shape[axis];
      const bounds = [start, end, axis].map((bound) => g.graph.integers([bound]));
      start = end;
      return g.graph.node("Slice", [g, ...bounds], input.shape);
    });
  },

  Slice: ({ inputs: [x], parameters }, g) => {
    const { axis, start, end } = parameters as { axis: number; start: number; end: number };
    const pads = x!.shape.map(() => 0).concat(x!.shape.map(() => 0));
    pads[axis] = start;
    pads[x!.shape.length + axis] = x!.shape[axis] - end;
    return [g.graph.node("Pad", [g, g.graph.integers(pads)], x!.shape)];
  },

  MatMul: ({ inputs, parameters }, g, needed) => {
    const [a, b] = inputs as [Value, Value];
    const { transposeA, transposeB, scale } = parameters as {
      transposeA: boolean;
      transposeB: boolean;
      scale: number;
    };
    // With A' = op(A), B' = op(B): dA' = s·g·B'ᵀ and dB' = s·A'ᵀ·g, transposed back where op transposes.
    const ga = transposeA
      ? () => product(b, g, transposeB, true, scale)
      : () => product(g, b, false, !transposeB, scale);
    const gb = transposeB
      ? () => product(g, a, true, transposeA, scale)
      : () => product(a, g, !transposeA, false, scale);
    return [needed[0] ? ga() : undefined, needed[1] ? gb() : undefined];
  },

  Linear: ({ inputs: [x, weight] }, g, needed) => [
    needed[0] ? g.graph.node("Gemm", [g, weight!], x!.shape) : undefined,
    needed[1] ? g.graph.node("Gemm", [g, x!], weight!.shape, { transA: 1 }) : undefined,
  ],

  // dx = y·(g − Σ g·y)
  Softmax: ({ outputs: [y] }, g) => {
    const { graph, shape } = g;
    const row = [...shape.slice(0, -1), 1];
    const inner = graph.node("ReduceSum", [times(g, y!), graph.integers([shape.length - 1])], row, { keepdims: 1 });
    return [times(graph.node("Sub", [g, inner], shape), y!)];
  },

  // d silu/dx = σ + silu·(1 − σ)
  SwiGlu: ({ inputs: [, up], parameters }, g) => {
    const { sigmoid, silu } = parameters as { sigmoid: Value; silu: Value };
    const { graph, shape } = g;
    const slope = graph.node("Add", [sigmoid, graph.node("Sub", [silu, times(silu, sigmoid)], shape)], shape);
    return [times(times(g, up!), slope), times(g, silu)];
  },

  // With r = 1/rms and h the width: dx = r·(g·w) − x·r³/h·Σ(g·w·x),  dw = Σ_rows g·x·r
  RmsNorm: ({ inputs: [x, weight], parameters }, g, needed) => {
    const { graph, shape } = g;
    const r = parameters.inverse as Value;
    const scaled = times(x!, r);
    const gw = times(g, weight!);
    const last = graph.integers([shape.length - 1]);
    const inner = graph.node("ReduceMean", [times(gw, scaled), last], r.shape, { keepdims: 1 });
    const dx = times(graph.node("Sub", [gw, times(scaled, inner)], shape), r);
    return [dx, needed[1] ? unbroadcast(times(g, scaled), weight!.shape) : undefined];
  },

  Rotary: ({ parameters }, g) => {
    const { heads, tables } = parameters as { heads: number; tables: RotaryTables };
    return [rotate(g, heads, tables, true)];
  },

  Rows: ({ inputs: [table, indices] }, g) => [scatterRows(g.graph, table!, indices!, g), undefined],

  // d logp/d logits = (onehot(target) − softmax)/T
  TargetLogprob: ({ inputs: [logits, targets, inverseTemperature], parameters }, g) => {
    const { graph } = g;
    const logprobs = parameters.logprobs as Value;
    const [count, vocabulary] = logits!.shape as [number, number];
    const classes = graph.constant(
      Int32Array.from({ length: vocabulary }, (_, token) => token),
      [vocabulary],
    );
    const column = graph.node("Reshape", [targets!, graph.integers([count, 1])], [count, 1], {}, "int32");
    const equal = graph.node("Equal", [column, classes], [count, vocabulary], {}, "bool");
    const onehot = graph.node("Cast", [equal], [count, vocabulary], { to: 1 });
    const difference = graph.node("Sub", [onehot, graph.node("Exp", [logprobs], logprobs.shape)], logprobs.shape);
    const weights = graph.node("Mul", [g, inverseTemperature!], g.shape);
    const weightColumn = graph.node("Reshape", [weights, graph.integers([count, 1])], [count, 1]);
    return [times(difference, weightColumn), undefined, undefined];
  },
};
