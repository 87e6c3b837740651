import { join } from "node:path";
import type { Tokenizer } from "@huggingface/tokenizers";
import { SparringError } from "../errors.ts";
import type { ClassifierConfig } from "./classifier-config.ts";
import { wellFormed } from "./control-tokens.ts";
import { fillPair, type PairForm, pairForm } from "./text-pair.ts";
import { ChatTokenizer, openTokenizer } from "./tokenizer.ts";
import { readTokenizerFile, requireIds, type TokenizerFile } from "./tokenizer-file.ts";

/** A query and an answer as a reward model reads them. */
export interface RewardText {
  readonly tokens: readonly number[];
  /** Which of two texts each token belongs to, as the model counts them; left out where they are one conversation. */
  readonly types?: readonly number[];
}

/** Makes tokens of a query and an answer. */
export type RewardReader = (query: string, answer: string) => RewardText;

/**
 * How a reward model's folder reads a query and an answer. With a chat template they are a conversation. Without one, as encoders have
 * none, they are the two texts that the `post_processor` of tokenizer.json ends with marks (ours; it is what transformers makes of
 * `tokenizer(query, answer)`). Texts are only ever text: none can become a mark.
 * @throws SparringError `model/no-chat-template` where there is neither; `model/unsupported-tokenizer`, and as
 *   `ChatTokenizer.loadFor` and `readTokenizerFile`
 */
export async function rewardReader(
  dir: string,
  config: Pick<ClassifierConfig, "vocabSize" | "eosTokenIds">,
): Promise<RewardReader> {
  const file = await readTokenizerFile(dir);
  requireExact(file, dir);
  try {
    return conversationReader(await ChatTokenizer.loadFor(dir, config));
  } catch (error) {
    const form = pairForm(file.post_processor);
    if (!(error instanceof SparringError) || error.code !== "model/no-chat-template" || !form) throw error;
    requireIds(file, config.vocabSize, dir);
    const marks = file.added_tokens.filter(({ special }) => special).map(({ id, content }) => ({ id, text: content }));
    return pairReader(openTokenizer(file, marks, dir), form);
  }
}

function conversationReader(tokenizer: ChatTokenizer): RewardReader {
  return (query, answer) => ({
    tokens: tokenizer.renderConversation([
      { role: "user", content: query },
      { role: "assistant", content: answer },
    ]),
  });
}

function pairReader(tokenizer: Tokenizer, form: PairForm): RewardReader {
  const encode = (text: string): number[] => tokenizer.encode(wellFormed(text), { add_special_tokens: false }).ids;
  return (query, answer) => fillPair(form, { A: encode(query), B: encode(answer) });
}

/** The tokenizer library guesses at SentencePiece's compiled tables of characters; another guess would be other tokens. */
function requireExact({ normalizer }: TokenizerFile, dir: string): void {
  if (!hasCompiledTable(normalizer)) return;
  throw new SparringError(
    "model/unsupported-tokenizer",
    "the tokenizer can't be used: its normalizer is a compiled table of SentencePiece, which is only approximated here, so some texts would become other tokens than the reward model was trained on",
    "Use a reward model whose tokenizer.json has no normalizer of type Precompiled, such as one with BPE or WordPiece.",
    { place: join(dir, "tokenizer.json") },
  );
}

function hasCompiledTable(normalizer: unknown): boolean {
  if (Array.isArray(normalizer)) return normalizer.some(hasCompiledTable);
  if (typeof normalizer !== "object" || normalizer === null) return false;
  const { type, normalizers } = normalizer as Record<string, unknown>;
  return type === "Precompiled" || hasCompiledTable(normalizers);
}
