import type { Completion } from "../../engine/engine.ts";
import type { Judgement } from "../../judge/scorer.ts";
import type { ScoredAnswer } from "../../protocol.ts";

/** An answer with its scores, as a client gets it; a judge that was not asked has no say in why it is unscored. */
export function scoredAnswer(
  { stop, logprobs }: Pick<Completion, "stop" | "logprobs">,
  text: string,
  reward: Judgement | undefined,
  selfReward: Judgement | undefined,
): ScoredAnswer {
  const reasons = [reward, selfReward].flatMap((each) => (each?.value === null ? [each.unscored] : []));
  return {
    text,
    stop,
    logprob: logprobs.reduce((sum, logprob) => sum + logprob, 0),
    reward: reward?.value ?? null,
    selfReward: selfReward?.value ?? null,
    ...(reasons.length > 0 && { unscored: reasons.join("; ") }),
  };
}
