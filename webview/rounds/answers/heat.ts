import type { AnswerRecord } from "../data/records.ts";

/** What a token's colour shows. `ratio`: log-ratio to the reference. */
export type HeatKind = "logprob" | "advantage" | "ratio";

export const heatNames: Readonly<Record<HeatKind, string>> = {
  logprob: "log-probability",
  advantage: "advantage",
  ratio: "log-ratio",
};

/** A token's colour: 0 none to 1 full; a negative advantage or log-ratio is told by `below`, not by colour alone. */
export interface Heat {
  readonly strength: number;
  readonly below: boolean;
}

/** Tokens at or below this log-probability are coloured in full, nat: a fixed scale, so that answers can be compared. */
export const fullLogprob = -5;

/** Tokens whose log-ratio is so far from 0 are coloured in full, nat. */
export const fullRatio = 1;

/**
 * Colours of an answer's tokens: how unlikely each was, how much likelier than to the reference, or the answer's advantage, which
 * is the same for all of its tokens.
 * @param full the advantage that is coloured in full
 */
export function tokenHeat(answer: AnswerRecord, kind: HeatKind, full: number): Heat[] {
  if (kind === "logprob") {
    return answer.logprobs.map((logprob) => ({ strength: Math.min(1, logprob / fullLogprob), below: false }));
  }
  if (kind === "ratio") {
    return answer.logprobs.map((logprob, index) => {
      const ratio = logprob - (answer.referenceLogprobs[index] ?? logprob);
      return { strength: Math.min(1, Math.abs(ratio) / fullRatio), below: ratio < 0 };
    });
  }
  const heat = { strength: Math.min(1, Math.abs(answer.advantage) / full), below: answer.advantage < 0 };
  return answer.logprobs.map(() => heat);
}

/** Index of the least likely token; −1 for none. */
export function leastLikely(logprobs: readonly number[]): number {
  return logprobs.reduce((least, logprob, index) => (least < 0 || logprob < logprobs[least]! ? index : least), -1);
}
