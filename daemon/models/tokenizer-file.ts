import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { type ControlToken, spelling } from "./control-tokens.ts";
import { readJson } from "./json.ts";

const addedTokenSchema = z.looseObject({
  id: z.number().int().nonnegative(),
  content: z.string().min(1),
  special: z.boolean().default(false),
});

/** The parts of tokenizer.json that are looked at here; the tokenizer library validates the others. */
const tokenizerFileSchema = z.looseObject({
  added_tokens: z.array(addedTokenSchema),
  model: z.looseObject({
    // BPE and WordPiece map token → id, Unigram lists [token, score] in the order of ids.
    vocab: z.union([z.record(z.string(), z.number().int().nonnegative()), z.array(z.tuple([z.string(), z.number()]))]),
    unk_token: z.string().nullish(),
  }),
});
export type TokenizerFile = z.infer<typeof tokenizerFileSchema>;

/**
 * Reads `tokenizer.json` of a model folder.
 * @throws SparringError `model/invalid-json`
 */
export async function readTokenizerFile(dir: string): Promise<TokenizerFile> {
  return readJson(join(dir, "tokenizer.json"), tokenizerFileSchema);
}

/**
 * Refuses a tokenizer with ids that a model has no embeddings for.
 * @throws SparringError `model/tokenizer-mismatch`
 */
export function requireIds(file: TokenizerFile, vocabSize: number, dir: string): void {
  const limit = idLimit(file);
  if (limit <= vocabSize) return;
  throw new SparringError(
    "model/tokenizer-mismatch",
    `the tokenizer has ids up to ${limit - 1}, and the model has embeddings for ${vocabSize}`,
    "Use the tokenizer that belongs to the model.",
    { place: join(dir, "tokenizer.json") },
  );
}

/** The ids that the file uses are all below this. */
function idLimit({ model, added_tokens }: TokenizerFile): number {
  const ids = Array.isArray(model.vocab) ? model.vocab.keys() : Object.values(model.vocab);
  const addedIds = added_tokens.map(({ id }) => id);
  // Not Math.max(...ids): a vocabulary may have more ids than a call may have arguments.
  return [...ids, ...addedIds].reduce((limit, id) => Math.max(limit, id + 1), 0);
}

/**
 * A pre-tokenizer that splits digits as tokenizers in Rust does: all numbers of Unicode (`char::is_numeric`, \p{N}). The JavaScript
 * library's `Digits` knows ASCII's ten only.
 */
function withAllDigits(preTokenizer: unknown): unknown {
  if (Array.isArray(preTokenizer)) return preTokenizer.map(withAllDigits);
  if (typeof preTokenizer !== "object" || preTokenizer === null) return preTokenizer;
  const { type, individual_digits, pretokenizers } = preTokenizer as Record<string, unknown>;
  if (type === "Digits") {
    const Regex = individual_digits === true ? "\\p{N}" : "\\p{N}+";
    return { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false };
  }
  return type === "Sequence" ? { ...preTokenizer, pretokenizers: withAllDigits(pretokenizers) } : preTokenizer;
}

/** The same tokenizer, in which control tokens have no text but their `spelling`, and are special whatever they were. */
export function respell(file: TokenizerFile, control: readonly ControlToken[]): TokenizerFile {
  const spellings = new Map(control.map(({ id }) => [id, spelling(id)]));
  const respelt = new Map(control.map(({ id, text }) => [text, spelling(id)]));
  const { vocab, unk_token } = file.model;
  return {
    ...file,
    pre_tokenizer: withAllDigits(file.pre_tokenizer),
    added_tokens: file.added_tokens.map((token) => {
      const content = spellings.get(token.id);
      return content === undefined ? token : { ...token, content, special: true, normalized: false };
    }),
    model: {
      ...file.model,
      vocab: Array.isArray(vocab)
        ? vocab.map(([text, score], id): [string, number] => [spellings.get(id) ?? text, score])
        : Object.fromEntries(Object.entries(vocab).map(([text, id]) => [spellings.get(id) ?? text, id])),
      unk_token: unk_token == null ? unk_token : (respelt.get(unk_token) ?? unk_token),
    },
  };
}
