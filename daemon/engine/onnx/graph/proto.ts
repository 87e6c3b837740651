// The light build: no .proto parser, and no code generated from text.
import protobuf from "protobufjs/light.js";

/**
 * The part of ONNX's protobuf schema (onnx.proto, IR version 10) that our graphs use, and its encoder.
 * Field numbers are the standard's. Nothing else in the project knows the file format.
 */
const schema = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: "int64", id: 1 },
        producerName: { type: "string", id: 2 },
        graph: { type: "GraphProto", id: 7 },
        opsetImport: { rule: "repeated", type: "OperatorSetIdProto", id: 8 },
      },
    },
    OperatorSetIdProto: { fields: { domain: { type: "string", id: 1 }, version: { type: "int64", id: 2 } } },
    GraphProto: {
      fields: {
        node: { rule: "repeated", type: "NodeProto", id: 1 },
        name: { type: "string", id: 2 },
        initializer: { rule: "repeated", type: "TensorProto", id: 5 },
        input: { rule: "repeated", type: "ValueInfoProto", id: 11 },
        output: { rule: "repeated", type: "ValueInfoProto", id: 12 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: "repeated", type: "string", id: 1 },
        output: { rule: "repeated", type: "string", id: 2 },
        name: { type: "string", id: 3 },
        opType: { type: "string", id: 4 },
        attribute: { rule: "repeated", type: "AttributeProto", id: 5 },
        domain: { type: "string", id: 7 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: "string", id: 1 },
        f: { type: "float", id: 2 },
        i: { type: "int64", id: 3 },
        s: { type: "bytes", id: 4 },
        ints: { rule: "repeated", type: "int64", id: 8, options: { packed: false } },
        type: { type: "int32", id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: "repeated", type: "int64", id: 1, options: { packed: false } },
        dataType: { type: "int32", id: 2 },
        name: { type: "string", id: 8 },
        rawData: { type: "bytes", id: 9 },
      },
    },
    ValueInfoProto: { fields: { name: { type: "string", id: 1 }, type: { type: "TypeProto", id: 2 } } },
    TypeProto: { fields: { tensorType: { type: "TensorTypeProto", id: 1 } } },
    TensorTypeProto: { fields: { elemType: { type: "int32", id: 1 }, shape: { type: "TensorShapeProto", id: 2 } } },
    TensorShapeProto: { fields: { dim: { rule: "repeated", type: "DimensionProto", id: 1 } } },
    DimensionProto: { fields: { dimValue: { type: "int64", id: 1 } } },
  },
};
const modelType = protobuf.Root.fromJSON(schema).lookupType("ModelProto");

/** ONNX's TensorProto.DataType numbers of the types in use. */
export const dataTypes = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type DataType = keyof typeof dataTypes;

const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** An operator's attribute. JavaScript has one kind of number, so floats are marked. */
export type Attribute = { readonly float: number } | number | string | readonly number[];

export interface NodeData {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface TensorData {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface ValueData {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
}

export interface ModelData {
  readonly nodes: readonly NodeData[];
  readonly initializers: readonly TensorData[];
  readonly inputs: readonly ValueData[];
  readonly outputs: readonly ValueData[];
}

function attribute(name: string, value: Attribute): object {
  if (typeof value === "number") return { name, i: value, type: attributeTypes.int };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: attributeTypes.string };
  if ("float" in value) return { name, f: value.float, type: attributeTypes.float };
  return { name, ints: value, type: attributeTypes.ints };
}

function valueInfo(value: ValueData): object {
  const dim = value.shape.map((dimValue) => ({ dimValue }));
  return { name: value.name, type: { tensorType: { elemType: dataTypes[value.type], shape: { dim } } } };
}

/** Encodes a graph as the bytes of an .onnx file (opset 21, and `com.microsoft` for ONNX Runtime's contrib operators). */
export function encodeModel(model: ModelData): Uint8Array {
  return modelType
    .encode({
      irVersion: 10,
      producerName: "sparring",
      opsetImport: [
        { domain: "", version: 21 },
        { domain: "com.microsoft", version: 1 },
      ],
      graph: {
        name: "sparring",
        node: model.nodes.map((node, index) => ({
          name: `${node.op}_${index}`,
          opType: node.op,
          domain: node.domain,
          input: node.inputs,
          output: node.outputs,
          attribute: Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
        })),
        initializer: model.initializers.map((tensor) => ({
          name: tensor.name,
          dims: tensor.shape,
          dataType: dataTypes[tensor.type],
          rawData: tensor.bytes,
        })),
        input: model.inputs.map(valueInfo),
        output: model.outputs.map(valueInfo),
      },
    })
    .finish();
}
