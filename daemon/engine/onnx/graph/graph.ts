import { type Attribute, type DataType, encodeModel, type NodeData, type TensorData, type ValueData } from "./proto.ts";

/** A tensor in a graph under construction: its shape is static, so mistakes show while building, not while running. */
export interface Value extends ValueData {
  readonly graph: Graph;
}

/**
 * A node as autodiff sees it: what it computes (`kind`), from what, into what. One kind may lower to one ONNX node or,
 * without contrib operators, to several: the gradient rule belongs to the kind.
 */
export interface Operation {
  readonly kind: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** What the rule needs beyond the inputs, e.g. a permutation or a scale. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface GraphOptions {
  /** Use ONNX Runtime's contrib operators (default), or only standard ones: same values, slower. */
  readonly contrib?: boolean;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Builds an ONNX graph node by node, remembering the operations that autodiff differentiates. */
export class Graph {
  readonly contrib: boolean;
  readonly operations: Operation[] = [];
  readonly #nodes: NodeData[] = [];
  readonly #initializers: TensorData[] = [];
  readonly #inputs: ValueData[] = [];
  readonly #outputs: ValueData[] = [];
  readonly #constants = new Map<string, Value>();
  #count = 0;

  constructor(options: GraphOptions = {}) {
    this.contrib = options.contrib ?? true;
  }

  #value(type: DataType, shape: readonly number[], name = `v${this.#count++}`): Value {
    return { graph: this, name, type, shape };
  }

  /** Declares an input that is fed at every run: data or weights. */
  input(name: string, type: DataType, shape: readonly number[]): Value {
    this.#inputs.push({ name, type, shape });
    return this.#value(type, shape, name);
  }

  /** A small constant (shapes, masks, tables); equal constants are stored once. */
  constant(data: Float32Array | Int32Array | BigInt64Array, shape: readonly number[]): Value {
    const type = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "int64";
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${type} ${shape.join(",")} ${Buffer.from(bytes).toString("base64")}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const value = this.#value(type, shape, `c${this.#count++}`);
    this.#initializers.push({ name: value.name, type, shape, bytes });
    this.#constants.set(key, value);
    return value;
  }

  /** A float constant of no dimensions. */
  scalar(value: number): Value {
    return this.constant(Float32Array.of(value), []);
  }

  /** A list of int64, as shapes and axes are given to ONNX. */
  integers(values: readonly number[]): Value {
    return this.constant(BigInt64Array.from(values.map(BigInt)), [values.length]);
  }

  /**
   * Adds one ONNX node with one output. Gradients do not see it: call `record` for that (the functions in `ops` do both).
   * @param op operator name; a leading "*" selects the com.microsoft domain
   */
  node(
    op: string,
    inputs: readonly Value[],
    shape: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
    type: DataType = "float32",
  ): Value {
    return this.nodes(op, inputs, [shape], attributes, type)[0];
  }

  /** As `node`, for an operator with several outputs of one type. */
  nodes(
    op: string,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
    type: DataType = "float32",
  ): Value[] {
    const outputs = shapes.map((shape) => this.#value(type, shape));
    const contrib = op.startsWith("*");
    this.#nodes.push({
      op: contrib ? op.slice(1) : op,
      domain: contrib ? "com.microsoft" : "",
      inputs: inputs.map((value) => value.name),
      outputs: outputs.map((value) => value.name),
      attributes,
    });
    return outputs;
  }

  /** Tells autodiff what was computed. */
  record(
    kind: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    parameters: Record<string, unknown> = {},
  ): void {
    this.operations.push({ kind, inputs, outputs, parameters });
  }

  /** Names a value as output of the graph. */
  output(name: string, value: Value): void {
    this.#nodes.push({ op: "Identity", domain: "", inputs: [value.name], outputs: [name], attributes: {} });
    this.#outputs.push({ name, type: value.type, shape: value.shape });
  }

  get outputs(): readonly ValueData[] {
    return this.#outputs;
  }

  /** The graph as bytes of an .onnx file. */
  encode(): Uint8Array {
    return encodeModel({
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
  }
}
