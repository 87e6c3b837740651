import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { tokenIdsSchema } from "./config.ts";
import { readJson } from "./json.ts";

/** What config.json says of a reward model: a classifier of sequences with one label. */
export interface ClassifierConfig {
  readonly vocabSize: number;
  readonly eosTokenIds: readonly number[];
  /** Pads a batch on the right. The model itself finds a sequence's end by it. */
  readonly padTokenId: number;
  /** Longest sequence, tokens; undefined where the model sets no limit. */
  readonly maxTokens: number | undefined;
}

const configSchema = z.object({
  vocab_size: z.number().int().positive(),
  eos_token_id: tokenIdsSchema,
  model_type: z.string().nullish(),
  pad_token_id: z.number().int().nonnegative().nullish(),
  max_position_embeddings: z.number().int().positive().nullish(),
  // transformers writes the labels where there are not two.
  id2label: z.record(z.string(), z.string()).default({ 0: "", 1: "" }),
});

/** transformers' model types that number positions from the one after their padding token's id, as RoBERTa does. */
const positionsAfterPadding = [
  ...["camembert", "data2vec-text", "esm", "ibert", "longformer", "luke", "mpnet", "roberta", "roberta-prelayernorm"],
  ...["xlm-roberta", "xlm-roberta-xl", "xmod"],
];

/**
 * Reads `config.json` of a reward model's folder.
 * @throws SparringError `model/invalid-json`, `model/not-a-reward-model`
 */
export async function readClassifierConfig(dir: string): Promise<ClassifierConfig> {
  const place = join(dir, "config.json");
  const file = await readJson(place, configSchema);
  const labels = Object.keys(file.id2label).length;
  if (labels !== 1) throw notOne(place, `it has ${labels} labels`);
  if (file.pad_token_id == null) throw notOne(place, "no pad_token_id tells its sequences from padding");
  const unused = positionsAfterPadding.includes(file.model_type ?? "") ? file.pad_token_id + 1 : 0;
  return {
    vocabSize: file.vocab_size,
    eosTokenIds: file.eos_token_id,
    padTokenId: file.pad_token_id,
    maxTokens: file.max_position_embeddings == null ? undefined : file.max_position_embeddings - unused,
  };
}

function notOne(place: string, why: string): SparringError {
  return new SparringError(
    "model/not-a-reward-model",
    `the model can't score answers: ${why}`,
    "Use a sequence-classification model with one label and a padding token, exported as docs/reward-models.md says.",
    { place },
  );
}
