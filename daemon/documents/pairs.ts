import { mean } from "../selfplay/statistics.ts";
import type { AnswerRecord, QueryRecord, RoundRecord } from "../store/records.ts";
import { fixed, percent, signed } from "../text/numbers.ts";

type Row = readonly [label: string, text: string];

/** Whether a round imitated data: its answers have parts in their example, and nobody judged them. */
export function isImitation(queries: readonly QueryRecord[]): boolean {
  return queries.some(({ answers }) => answers.some(({ role }) => role !== undefined));
}

/**
 * r(first) − r(second): how far the implicit rewards of an example's first two answers are in the order that the loss wants; null
 * without two.
 */
export function marginOf({ answers: [first, second] }: QueryRecord): number | null {
  const [wanted, other] = [first?.implicit ?? null, second?.implicit ?? null];
  return wanted === null || other === null ? null : wanted - other;
}

/** Mean log-probability of an answer's tokens, nat; null for none. */
export function logprobPerToken({ logprobs }: Pick<AnswerRecord, "logprobs">): number | null {
  return mean(logprobs);
}

/**
 * Examples by rising margin, or where they have one answer only by how likely its tokens are: what the policy has wrong comes first.
 * The rounds panel has the same order (webview/rounds/pairs/pair-order.ts).
 */
export function worstFirst(queries: readonly QueryRecord[]): QueryRecord[] {
  const rank = (query: QueryRecord): number => {
    const [first, second] = query.answers;
    return (second || !first ? marginOf(query) : logprobPerToken(first)) ?? Number.POSITIVE_INFINITY;
  };
  return queries.toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x === y ? a.index - b.index : x - y;
  });
}

/** Why an example taught nothing; undefined where it did. `identical`: its first two answers are the same tokens. */
export function skipReason({ answers }: QueryRecord): "identical" | "cut at the token limit" | undefined {
  if (answers.length === 0 || answers.some(({ advantage }) => advantage !== 0)) return undefined;
  const [first, second] = answers;
  const isSame =
    second?.tokens.length === first.tokens.length && first.tokens.every((token, i) => token === second.tokens[i]);
  if (isSame) return "identical";
  return answers.some(({ stop }) => stop === "length") ? "cut at the token limit" : undefined;
}

/** What a round of imitation did, for the head of its document. */
export function imitationFigures({ metrics }: RoundRecord, queries: readonly QueryRecord[]): Row[] {
  const value = (name: string): number | null => metrics[`imitation/${name}`] ?? null;
  const [iteration, epoch, opponents] = [value("iteration"), value("epoch"), value("opponents")];
  const skipped = queries.filter((query) => skipReason(query) !== undefined).length;
  const beyond = value("frac_beyond_bound");
  const measures = [
    `loss ${fixed(4)(value("loss"))}`,
    ...(value("rewards/margins") === null
      ? []
      : [
          `margin ${signed(4)(value("rewards/margins"))}`,
          `${percent(value("rewards/accuracies"), 0)} of the pairs in order`,
        ]),
    ...(beyond === null ? [] : [`${percent(beyond, 0)} of the answers beyond the bound`]),
  ];
  return [
    ...(iteration !== null && opponents ? [["Iteration", `${iteration}, epoch ${fixed(2)(epoch)}`] as const] : []),
    ["Records", `${queries.length}${skipped > 0 ? `, ${skipped} skipped` : ""}`],
    ["Imitation", measures.join(", ")],
  ];
}

/** The mean log-probability of held-out answers; undefined where the round did not measure it. */
export function realLogprobFigures({ metrics }: RoundRecord): Row | undefined {
  const value = metrics["eval/real_logprob"] ?? null;
  return value === null ? undefined : ["Held-out answers", `log-probability ${fixed(3)(value)} nat a token`];
}
