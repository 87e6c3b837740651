/** How much the Challenger's queries differ: one number falls when it collapses to copies, the other to a pattern. */

/** Distinct texts divided by the queries drawn (not by those admitted, among which copies are already gone). */
export function distinctShare(texts: readonly string[], drawn: number): number | null {
  return drawn === 0 ? null : new Set(texts).size / drawn;
}

/**
 * Mean over all pairs of the Jaccard distance 1 − |A∩B|/|A∪B| between the sets of character bigrams of two texts: 0 where all
 * are made of the same bigrams, 1 where no two share one. A text shorter than two characters is its own only element.
 * Null for fewer than two texts. Takes time quadratic in their number.
 */
export function bigramDistance(texts: readonly string[]): number | null {
  const sets = texts.map(bigrams);
  let sum = 0;
  let pairs = 0;
  for (const [i, a] of sets.entries()) {
    for (const b of sets.slice(i + 1)) {
      const shared = [...a].filter((bigram) => b.has(bigram)).length;
      sum += 1 - shared / (a.size + b.size - shared);
      pairs++;
    }
  }
  return pairs === 0 ? null : sum / pairs;
}

function bigrams(text: string): Set<string> {
  const characters = Array.from(text);
  if (characters.length < 2) return new Set([text]);
  return new Set(characters.slice(1).map((character, i) => characters[i] + character));
}
