import type { Completion } from "../../engine/engine.ts";
import type { Judgement } from "../../judge/scorer.ts";
import type { ScoredAnswer } from "../../protocol.ts";
import { judgedFields } from "../judging/answer-record.ts";

/** An answer with its scores and what they come from, as a client gets it; the fields are those of a record. */
export function scoredAnswer(
  { stop, logprobs }: Pick<Completion, "stop" | "logprobs">,
  text: string,
  reward: Judgement | undefined,
  selfReward: Judgement | undefined,
): ScoredAnswer {
  return {
    text,
    stop,
    logprob: logprobs.reduce((sum, logprob) => sum + logprob, 0),
    ...judgedFields(reward, selfReward),
  };
}
