import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { contract } from "./contract.ts";

contract("onnx", (settings) => new OnnxEngine({ threads: 2, ...settings }));
