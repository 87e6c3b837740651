import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { contract } from "./contract.ts";
import { tinyQwen2, tinyQwen3, tinyShape } from "./tiny-model.ts";

// The fallback where a build of ONNX Runtime lacks the contrib operators.
for (const [name, shape] of Object.entries({ Llama: tinyShape, Qwen2: tinyQwen2, Qwen3: tinyQwen3 })) {
  contract(
    `onnx with standard operators only, ${name}`,
    (settings) => new OnnxEngine({ threads: 2, standardOperators: true, ...settings }),
    shape,
  );
}
