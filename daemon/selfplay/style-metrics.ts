import { asksForCode, looksLikeCode } from "./code-style.ts";
import type { Metrics } from "./metrics.ts";
import { isRepetitive } from "./repetition.ts";
import { mean } from "./statistics.ts";

/** A query with its answers, as texts. */
export interface AnsweredQuery {
  readonly text: string;
  readonly answers: readonly { readonly text: string; readonly tokens: ArrayLike<number> }[];
}

/**
 * How a round's answers are written, as shares in [0, 1]:
 * - `repetitive_ratio`: answers that repeat themselves, as `isRepetitive` says;
 * - `code_ratio`: answers that look like code, among those to queries that don't ask for any.
 * Null where there is no such answer. [ours]
 */
export function styleMetrics(queries: readonly AnsweredQuery[]): Metrics {
  const answers = queries.flatMap((query) => query.answers);
  const plain = queries.filter(({ text }) => !asksForCode(text)).flatMap((query) => query.answers);
  return {
    "solver/completions/repetitive_ratio": mean(answers.map(({ tokens }) => Number(isRepetitive(Array.from(tokens))))),
    "solver/completions/code_ratio": mean(plain.map(({ text }) => Number(looksLikeCode(text)))),
  };
}
