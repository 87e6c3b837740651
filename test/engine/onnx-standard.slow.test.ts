import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { contract } from "./contract.ts";

// The fallback where a build of ONNX Runtime lacks the contrib operators.
contract("onnx with standard operators only", (settings) => {
  return new OnnxEngine({ threads: 2, standardOperators: true, ...settings });
});
