import { existsSync, readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SparringError } from "../errors.ts";

/** A local folder with a Hugging Face model: config.json, safetensors and a tokenizer are there. */
export interface ResolvedModel {
  readonly dir: string;
  /** For people: "nano", or the folder's name. */
  readonly name: string;
}

/** Models that ship with Sparring, by the name after `builtin:`; folders relative to the package's root. */
const builtins: Readonly<Record<string, string>> = { nano: "daemon/models/nano/weights" };

/**
 * Finds a model by the config's `model`: `builtin:<name>`, or a folder. Nothing is downloaded.
 * @param path       as written in the config
 * @param relativeTo the folder that relative paths start from (the config file's)
 * @throws SparringError `model/unknown-builtin`, `model/not-found`, `model/not-a-folder`, `model/gguf`,
 *   `model/pickle-weights`, `model/no-config`, `model/no-weights`, `model/no-tokenizer`
 */
export async function resolveModel(path: string, relativeTo: string): Promise<ResolvedModel> {
  if (path.startsWith("builtin:")) {
    const name = path.slice("builtin:".length);
    if (!Object.hasOwn(builtins, name)) {
      const known = Object.keys(builtins).map((builtin) => `builtin:${builtin}`);
      throw new SparringError(
        "model/unknown-builtin",
        `there is no built-in model "${name}"`,
        `Use ${known.join(" or ")}, or the path of a model folder.`,
        { place: path },
      );
    }
    return { dir: await checkFolder(join(packageRoot(), builtins[name]!)), name };
  }
  const dir = await checkFolder(resolve(relativeTo, path));
  return { dir, name: basename(dir) };
}

/** The root of this package, from its sources (daemon/models/) and from its bundle (dist/) alike. */
function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!isPackageRoot(dir)) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`no package.json of "sparring" above ${fileURLToPath(import.meta.url)}`);
    dir = parent;
  }
  return dir;
}

function isPackageRoot(dir: string): boolean {
  const file = join(dir, "package.json");
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "sparring";
}

async function checkFolder(dir: string): Promise<string> {
  const fail = (code: string, message: string, next: string): never => {
    throw new SparringError(code, message, next, { place: dir });
  };
  const found = await stat(dir).catch(() => undefined);
  if (dir.endsWith(".gguf")) return fail("model/gguf", "GGUF files can't be trained", ggufNext);
  if (!found) {
    return fail(
      "model/not-found",
      "there is no such model folder",
      "Correct the path, or use builtin:nano. Models are not downloaded: for one of the Hugging Face hub, " +
        "run `hf download <name> --local-dir <folder>` and give that folder.",
    );
  }
  if (!found.isDirectory()) {
    return fail(
      "model/not-a-folder",
      "a model is a folder, and this is a file",
      "Give the folder that the file lies in.",
    );
  }
  const files = new Set(await readdir(dir));
  const ending = (pattern: RegExp): string | undefined => [...files].find((file) => pattern.test(file));
  const hasWeights = files.has("model.safetensors") || files.has("model.safetensors.index.json");
  const pickle = ending(/\.(bin|pt|pth|ckpt|pkl)$/);
  const gguf = ending(/\.gguf$/);
  if (!hasWeights && gguf) return fail("model/gguf", `the folder has GGUF weights only (${gguf})`, ggufNext);
  if (!hasWeights && pickle) {
    return fail(
      "model/pickle-weights",
      `the weights are pickle (${pickle}), which runs code when it is loaded`,
      "If you trust the source, convert them with " +
        '`python -c "from transformers import AutoModelForCausalLM as M; ' +
        `M.from_pretrained('${dir}').save_pretrained('${dir}', safe_serialization=True)"\`.`,
    );
  }
  if (!files.has("config.json")) {
    return fail("model/no-config", "the folder has no config.json", "Give a model folder in Hugging Face's layout.");
  }
  if (!hasWeights) {
    return fail(
      "model/no-weights",
      "the folder has no model.safetensors and no model.safetensors.index.json",
      "Download the weights as well; merge an adapter into its base model first.",
    );
  }
  if (!files.has("tokenizer.json")) {
    return fail(
      "model/no-tokenizer",
      "the folder has no tokenizer.json",
      "Download it too, or make one with `AutoTokenizer.from_pretrained(...).save_pretrained(...)`.",
    );
  }
  return dir;
}

const ggufNext = "GGUF is for inference: give the folder of safetensors that it was made from.";
