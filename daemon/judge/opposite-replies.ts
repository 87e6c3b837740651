/** A reply as tokens; from `differFrom` on they are not those of the opposite reply. */
export interface OppositeReply {
  readonly response: readonly number[];
  readonly differFrom: number;
}

/**
 * Two opposite replies to one prompt, e.g. Yes and No. Each is encoded whole, so that its words are cut up as in any other text; where
 * a tokenizer makes several tokens of a word, or lets it reach into the one before, all that differs is compared.
 */
export function oppositeReplies(
  encode: (text: string) => readonly number[],
  one: string,
  other: string,
): readonly [OppositeReply, OppositeReply] {
  const [first, second] = [encode(one), encode(other)];
  const differs = first.findIndex((token, i) => token !== second[i]);
  const differFrom = differs < 0 ? first.length : differs;
  return [
    { response: first, differFrom },
    { response: second, differFrom },
  ];
}

/** Whether a tokenizer makes the same of both, or of one the beginning of the other: nothing is left to compare. */
export function isAlike({ response, differFrom }: OppositeReply): boolean {
  return differFrom === response.length;
}

/** log P of the tokens in which a reply differs from its opposite, nat. @param logprobs of all its tokens */
export function logprobOfDifference({ differFrom }: OppositeReply, logprobs: Float32Array): number {
  return logprobs.subarray(differFrom).reduce((total, logprob) => total + logprob, 0);
}
