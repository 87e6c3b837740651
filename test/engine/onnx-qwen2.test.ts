import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { contract } from "./contract.ts";
import { tinyQwen2 } from "./tiny-model.ts";

contract("onnx, Qwen2", (settings) => new OnnxEngine({ threads: 2, ...settings }), tinyQwen2);
