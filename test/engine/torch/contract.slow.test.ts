import { after, test } from "node:test";
import { TorchEngine } from "../../../daemon/engine/torch/torch-engine.ts";
import { contract } from "../contract.ts";
import { tinyQwen3, tinyShape } from "../tiny-model.ts";
import { plain } from "./plain.ts";
import { missing } from "./python.ts";
import { warmPython } from "./warm-python.ts";

/* Contract on a small Llama and a small Qwen, and without what makes it fast; the other families' arithmetic is compared in agreement.slow.test.ts. */

if (missing) {
  test("engine contract: torch", { skip: missing });
} else {
  const { command, stop } = await warmPython();
  after(stop);
  for (const [name, shape] of Object.entries({ Llama: tinyShape, Qwen3: tinyQwen3 })) {
    contract(`torch, ${name}`, (settings) => new TorchEngine({ python: command, threads: 2, ...settings }), shape);
  }
  contract("torch, plain", (settings) => new TorchEngine({ python: command, threads: 2, fast: plain, ...settings }));
}
