import type { ChatTokenizer } from "../models/tokenizer.ts";
import type { Example } from "./shapes.ts";

/** What of a tokenizer data needs. */
export type Encoder = Pick<ChatTokenizer, "renderPrompt" | "encode" | "eosToken">;

/** A record as token ids: what a model reads, and what it is trained to write after it. */
export interface RecordTokens {
  /** The prompt in the chat template, up to where the answer begins; masked from the loss. */
  readonly prompt: readonly number[];
  /** The chosen answer with the token that ends it; trained. */
  readonly chosen: readonly number[];
  /** The rejected answer likewise. */
  readonly rejected?: readonly number[];
}

/**
 * A record's tokens. An answer is encoded apart from its prompt, and ends with the end-of-sequence token: as the model would
 * have sampled it.
 * @throws SparringError `model/chat-template` where the template refuses the messages
 */
export function tokensOf({ prompt, chosen, rejected }: Example, encoder: Encoder): RecordTokens {
  const answer = (text: string): number[] => [...encoder.encode(text), encoder.eosToken];
  return {
    prompt: encoder.renderPrompt(prompt),
    chosen: answer(chosen),
    ...(rejected !== undefined && { rejected: answer(rejected) }),
  };
}

/** The tokens of a record's longest sequence: its prompt and the longer answer. */
export function lengthOf({ prompt, chosen, rejected }: RecordTokens): number {
  return prompt.length + Math.max(chosen.length, rejected?.length ?? 0);
}
