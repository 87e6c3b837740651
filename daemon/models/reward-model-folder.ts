import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { SparringError } from "../errors.ts";
import { packageRoot, type ResolvedModel } from "./resolve.ts";

/** Reward models that ship with Sparring, by name. */
const builtins: Readonly<Record<string, string>> = {
  "builtin:nano-reward": "daemon/models/nano-reward/weights",
};

/**
 * Finds an exported reward model: `builtin:nano-reward`, or a folder.
 * @param path absolute, unless it is built in
 * @throws SparringError `model/not-a-reward-model`
 */
export function resolveRewardModel(path: string): ResolvedModel {
  const builtin = builtins[path];
  const dir = builtin === undefined ? path : join(packageRoot(), builtin);
  const missing = ["model.onnx", "tokenizer.json", "config.json"].find((file) => !existsSync(join(dir, file)));
  if (missing === undefined)
    return {
      dir,
      name:
        path
          .replace(/^builtin:/, "")
          .split(/[/\\]/)
          .at(-1) || basename(dir),
    };
  throw new SparringError(
    "model/not-a-reward-model",
    `there is no reward model: ${missing} is missing`,
    "Name a folder that holds an exported one, as docs/reward-models.md says, or builtin:nano-reward.",
    { place: dir },
  );
}
