import { existsSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { type ChatMessage, type ChatTemplate, readChatTemplate } from "./chat-template.ts";
import { type DecoderConfig, readDecoderConfig, tokenIdsSchema } from "./config.ts";
import { type ControlToken, shield, spell, wellFormed } from "./control-tokens.ts";
import { readJson } from "./json.ts";
import { readTokenizerFile, requireIds, respell, type TokenizerFile } from "./tokenizer-file.ts";

const generationConfigSchema = z.object({ eos_token_id: tokenIdsSchema });

/** A stretch of tokens: text, or one control token. */
export interface TokenSpan {
  readonly text: string;
  readonly isControl: boolean;
}

/**
 * A model's tokenizer and chat template. Texts are only ever text: what a model writes can't become a control token,
 * in a prompt or elsewhere (see control-tokens.ts).
 */
export class ChatTokenizer {
  /** Tokens that end an answer: all that the folder names as end of sequence. At least one. */
  readonly stopTokens: readonly number[];
  /** The token that ends a turn, for training text. */
  readonly eosToken: number;
  private readonly tokenizer: Tokenizer;
  private readonly template: ChatTemplate;
  private readonly control: readonly ControlToken[];

  private constructor(file: TokenizerFile, template: ChatTemplate, stopTokens: readonly number[], dir: string) {
    this.template = template;
    this.control = controlTokens(file, template, stopTokens);
    this.stopTokens = stopTokens;
    this.eosToken = stopTokens[0]!;
    this.tokenizer = openTokenizer(file, this.control, dir);
  }

  /**
   * Reads tokenizer.json, the chat template, and the end-of-sequence tokens of a model folder.
   * @throws SparringError `model/unsupported-tokenizer`, `model/no-stop-token`, `model/tokenizer-mismatch`, and those of
   *   `readChatTemplate`, `readDecoderConfig` and `readTokenizerFile`
   */
  static async load(dir: string): Promise<ChatTokenizer> {
    return ChatTokenizer.loadFor(dir, await readDecoderConfig(dir));
  }

  /** As `load`, for a model of any architecture, of which the caller has read what its config.json says of tokens. */
  static async loadFor(dir: string, config: Pick<DecoderConfig, "vocabSize" | "eosTokenIds">): Promise<ChatTokenizer> {
    const file = await readTokenizerFile(dir);
    const template = await readChatTemplate(dir);
    requireIds(file, config.vocabSize, dir);
    const generationPath = join(dir, "generation_config.json");
    const generation = existsSync(generationPath) ? await readJson(generationPath, generationConfigSchema) : undefined;
    // The tokenizer's own comes first: it is the one that ends a turn where a base model's differs.
    const ofTokenizer = file.added_tokens.find(({ content }) => content === template.eosToken)?.id;
    const stops = [ofTokenizer, ...(generation?.eos_token_id ?? []), ...config.eosTokenIds];
    const stopTokens = [...new Set(stops)].filter((id) => id !== undefined);
    if (stopTokens.length === 0) {
      throw new SparringError(
        "model/no-stop-token",
        "no file of the model names its end-of-sequence token, so no answer would end",
        "Add eos_token to tokenizer_config.json or eos_token_id to generation_config.json.",
        { place: dir },
      );
    }
    return new ChatTokenizer(file, template, stopTokens, dir);
  }

  /** Token ids of plain text, without a begin or end token. */
  encode(text: string): number[] {
    return this.encodeSpelt(wellFormed(text));
  }

  /** The text of tokens. Control tokens, and ids that no token has (padding of the embeddings), have none. */
  decode(ids: ArrayLike<number>): string {
    const known = Array.from(ids).filter((id) => this.tokenizer.id_to_token(id) !== undefined);
    if (known.length === 0) return "";
    return this.tokenizer.decode(known, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  }

  /** Tokens as a person reads them: runs of text, and each control token by the text that the template writes for it. */
  spans(ids: readonly number[]): TokenSpan[] {
    const names = new Map(this.control.map(({ id, text }) => [id, text]));
    const spans: TokenSpan[] = [];
    let run: number[] = [];
    const endRun = (): void => {
      if (run.length > 0) spans.push({ text: this.decode(run), isControl: false });
      run = [];
    };
    for (const id of ids) {
      const name = names.get(id);
      if (name === undefined) run.push(id);
      else {
        endRun();
        spans.push({ text: name, isControl: true });
      }
    }
    endRun();
    return spans;
  }

  /**
   * Token ids of messages in the model's chat format, up to where the assistant's answer begins. The begin token is
   * there if the template writes it, once.
   * @throws SparringError `model/chat-template` where the template refuses these messages
   */
  renderPrompt(messages: readonly ChatMessage[]): number[] {
    return this.encodeSpelt(spell(this.template.render(this.shielded(messages)), this.control));
  }

  /**
   * Token ids of a whole conversation in the model's chat format, for a model that reads it; nothing is opened after its end.
   * @throws SparringError `model/chat-template`
   */
  renderConversation(messages: readonly ChatMessage[]): number[] {
    return this.encodeSpelt(spell(this.template.render(this.shielded(messages), false), this.control));
  }

  private shielded(messages: readonly ChatMessage[]): ChatMessage[] {
    return messages.map(({ role, content }) => ({ role, content: shield(content, this.control) }));
  }

  private encodeSpelt(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }
}

/**
 * The library's tokenizer of a folder's file, in which control tokens have no text.
 * @throws SparringError `model/unsupported-tokenizer`
 */
export function openTokenizer(file: TokenizerFile, control: readonly ControlToken[], dir: string): Tokenizer {
  try {
    return new Tokenizer(respell(file, control), {});
  } catch (cause) {
    throw new SparringError(
      "model/unsupported-tokenizer",
      `the tokenizer can't be used: ${(cause as Error).message}`,
      "Use a model with a BPE or Unigram tokenizer, such as Llama's, saved by a current transformers.",
      { place: join(dir, "tokenizer.json"), cause },
    );
  }
}

/**
 * What only the template may write: tokens flagged as special, those that end an answer, and role marks, which some
 * models don't flag: added tokens that the template writes around a message and that aren't mere words or white space.
 */
function controlTokens(file: TokenizerFile, template: ChatTemplate, stopTokens: readonly number[]): ControlToken[] {
  const aroundMessage = template.render([{ role: "user", content: "x" }]);
  const isRoleMark = (text: string): boolean => /[^\s\p{L}\p{N}]/u.test(text) && aroundMessage.includes(text);
  return file.added_tokens
    .filter(({ id, content, special }) => special || stopTokens.includes(id) || isRoleMark(content))
    .map(({ id, content }) => ({ id, text: content }));
}
