import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Config } from "../config/schema.ts";
import type { Engine } from "../engine/engine.ts";
import { OnnxEngine } from "../engine/onnx/onnx-engine.ts";
import type { Fast } from "../engine/torch/fast.ts";
import { TorchEngine } from "../engine/torch/torch-engine.ts";
import { SparringError } from "../errors.ts";
import { torchPython } from "../setup/environment.ts";

/** The switches that the names in `engine.plain` switch off. */
const switches = {
  merged_adapter: "mergedAdapter",
  shared_prompts: "sharedPrompts",
  chunked_logits: "chunkedLogits",
  compile: "compile",
  graph_decode: "graphDecode",
} as const satisfies Record<Config["engine"]["plain"][number], keyof Fast>;

/** An engine as the config wants it, without a model. @throws SparringError as `requireEngine` */
export async function engineOf(config: Config, home: string): Promise<Engine> {
  const { name, threads, micro_batch_tokens: microBatchTokens } = config.engine;
  const { device, precision, deterministic, plain, checkpointing } = config.engine;
  const common = { threads, ...(microBatchTokens && { microBatchTokens }) };
  switch (name) {
    case "onnx":
      return new OnnxEngine(common);
    case "torch":
      return new TorchEngine({
        ...common,
        python: await pythonOf(config, home),
        deterministic,
        ...(device !== "auto" && { device }),
        ...(precision !== "auto" && { precision }),
        fast: { checkpointing, ...Object.fromEntries(plain.map((shortcut) => [switches[shortcut], false])) },
      });
  }
}

/**
 * Refuses a config whose engine is not installed, without starting it.
 * @throws SparringError `engine/no-python` where the config names an interpreter that is not there, those of `torchPython`
 */
export async function requireEngine(config: Config, home: string): Promise<void> {
  if (config.engine.name === "torch") await pythonOf(config, home);
}

/** The interpreter that the config names, else the one that set-up made or was told. */
async function pythonOf({ engine: { python } }: Config, home: string): Promise<string> {
  if (python === undefined) return torchPython(home);
  try {
    await access(python, constants.X_OK);
    return python;
  } catch (cause) {
    throw new SparringError(
      "engine/no-python",
      `engine.python: there is no program ${python}.`,
      "Name the interpreter of an environment that has PyTorch, e.g. .venv/bin/python, or remove engine.python and run `sparring setup torch`.",
      { place: python, cause },
    );
  }
}
