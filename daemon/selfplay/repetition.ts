/** Below this length a text can't be called repetitive: short answers repeat tokens by chance. */
const minTokens = 24;
/** From this share on a text is called repetitive. Chosen, not measured. */
const threshold = 0.5;

/**
 * Share of a text's token bigrams that were there before in it, 1 − distinct / all, in [0, 1) [ours]: 0 where no two
 * neighbours come again, near 1 where a phrase goes round and round. 0 for fewer than two tokens.
 */
export function bigramRepetition(tokens: readonly number[]): number {
  const all = tokens.length - 1;
  if (all < 1) return 0;
  // Ids are below 2²⁶, so each pair has a number of its own.
  const distinct = new Set(tokens.slice(1).map((token, i) => tokens[i] * 2 ** 26 + token));
  return 1 - distinct.size / all;
}

/** Whether a text repeats itself: half or more of its bigrams were there before, in at least 24 tokens [ours]. */
export function isRepetitive(tokens: readonly number[]): boolean {
  return tokens.length >= minTokens && bigramRepetition(tokens) >= threshold;
}
