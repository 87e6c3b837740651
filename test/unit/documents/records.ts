import type { AnswerRecord, QueryRecord, RoundRecord } from "../../../daemon/store/records.ts";

/** Records as a round writes them, where a test says only what matters to it. */

export function answerOf(text: string, rest: Partial<AnswerRecord> = {}): AnswerRecord {
  const tokens = Array.from(text, (_, i) => i);
  const zeros = tokens.map(() => -0.5);
  return {
    text,
    tokens,
    logprobs: zeros,
    referenceLogprobs: zeros,
    stop: "stop",
    reward: 1,
    selfReward: null,
    advantage: 0.5,
    ...rest,
  };
}

export function queryOf(index: number, text: string, rest: Partial<QueryRecord> = {}): QueryRecord {
  return {
    index,
    text,
    tokens: [],
    logprobs: [],
    referenceLogprobs: [],
    admitted: true,
    V: 0.5,
    VQ: null,
    advantage: 0,
    answers: [],
    ...rest,
  };
}

export function recordOf(round: number, rest: Partial<RoundRecord> = {}): RoundRecord {
  return {
    round,
    finishedAt: "2026-11-21T09:12:33.000Z",
    seconds: 14.25,
    phases: {},
    metrics: {},
    notes: [],
    ...rest,
  };
}

/** What of a config scores depend on: of a run with a self-reward. */
export const scoringConfig = {
  algorithm: { name: "lsp", normalization: "grpo" },
  judge: { self_reward: { scale: 0.5 } },
};
