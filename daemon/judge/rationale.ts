/** Characters that are kept of what a judge said about one thing; it is told to use at most 100 words. */
const mostCharacters = 4000;

/**
 * A judge's words as they are recorded: their end, where its conclusion is, if there are more than 4000 characters of them. A server may
 * reply up to 1 MiB, and each answer of each round keeps what was said of it.
 */
export function keptWords(text: string): string {
  const words = text.trim();
  if (words.length <= mostCharacters) return words;
  // A cut may go through the middle of a pair of surrogates.
  return `… ${words.slice(-mostCharacters).replace(/^[\udc00-\udfff]/, "")}`;
}
