import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { contract } from "./contract.ts";
import { tinyQwen3 } from "./tiny-model.ts";

contract("onnx, Qwen3", (settings) => new OnnxEngine({ threads: 2, ...settings }), tinyQwen3);
