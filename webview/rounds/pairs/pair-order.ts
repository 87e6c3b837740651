import type { AnswerRecord, QueryRecord } from "../data/records.ts";

/** r(first) − r(second), how far the implicit rewards of an example's first two answers are in the order that the loss wants; null without two. */
export function marginOf({ answers: [first, second] }: QueryRecord): number | null {
  const [wanted, other] = [first?.implicit ?? null, second?.implicit ?? null];
  return wanted === null || other === null ? null : wanted - other;
}

/** Mean log-probability of an answer's tokens, nat; null for none. */
export function logprobPerToken({ logprobs }: AnswerRecord): number | null {
  return logprobs.length === 0 ? null : logprobs.reduce((sum, each) => sum + each, 0) / logprobs.length;
}

/** What a round's examples are sorted by: their margins, or where they have one answer only, how likely its tokens are. */
export function rankOf(query: QueryRecord): number | null {
  const [first, second] = query.answers;
  return second || !first ? marginOf(query) : logprobPerToken(first);
}

/** Examples by rising rank, so that what the policy has wrong comes first; those without one are last. */
export function worstFirst(queries: readonly QueryRecord[]): QueryRecord[] {
  const rank = (query: QueryRecord): number => rankOf(query) ?? Number.POSITIVE_INFINITY;
  return queries.toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x === y ? a.index - b.index : x - y;
  });
}

/** Whether an example's first two answers are the same tokens. */
export function isIdentical({ answers: [first, second] }: QueryRecord): boolean {
  if (!first || !second || first.tokens.length !== second.tokens.length) return false;
  return first.tokens.every((token, index) => token === second.tokens[index]);
}
