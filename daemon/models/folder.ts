import { SparringError } from "../errors.ts";

/**
 * Requires that a model folder has what training needs, by the names of its files alone.
 * @param names  of all files in the folder
 * @param place  the folder, or the page of a model on the hub
 * @param source what transformers would load it by
 * @throws SparringError `model/gguf`, `model/pickle-weights`, `model/no-config`, `model/no-weights`, `model/no-tokenizer`
 */
export function requireModelFiles(names: readonly string[], place: string, source = place): void {
  const fail = (code: string, message: string, next: string): never => {
    throw new SparringError(code, message, next, { place });
  };
  const ending = (pattern: RegExp): string | undefined => names.find((name) => pattern.test(name));
  const hasWeights = names.includes("model.safetensors") || names.includes("model.safetensors.index.json");
  const pickle = ending(/\.(bin|pt|pth|ckpt|pkl)$/);
  const gguf = ending(/\.gguf$/);
  if (!hasWeights && gguf) fail("model/gguf", `the model has GGUF weights only (${gguf})`, ggufNext);
  if (!hasWeights && pickle) {
    fail(
      "model/pickle-weights",
      `the weights are pickle (${pickle}), which runs code when it is loaded`,
      "If you trust the source, convert them with " +
        '`python -c "from transformers import AutoModelForCausalLM as M; ' +
        `M.from_pretrained('${source}').save_pretrained('<folder>', safe_serialization=True)"\`.`,
    );
  }
  if (!names.includes("config.json")) {
    fail("model/no-config", "the model has no config.json", "Give a model folder in Hugging Face's layout.");
  }
  if (!hasWeights) {
    fail(
      "model/no-weights",
      "the model has no model.safetensors and no model.safetensors.index.json",
      "Download the weights as well; merge an adapter into its base model first.",
    );
  }
  if (!names.includes("tokenizer.json")) {
    fail(
      "model/no-tokenizer",
      "the model has no tokenizer.json",
      "Download it too, or make one with `AutoTokenizer.from_pretrained(...).save_pretrained(...)`.",
    );
  }
}

/** What to do with a GGUF file. */
export const ggufNext = "GGUF is for inference: give the folder of safetensors that it was made from.";
