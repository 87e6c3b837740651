import type { Judgement } from "../../judge/scorer.ts";
import type { AnswerRecord } from "../../store/records.ts";

/** What a record says of how an answer was judged. */
export type JudgedFields = Pick<
  AnswerRecord,
  "reward" | "selfReward" | "criteria" | "probabilities" | "rationale" | "rewardRationale" | "parts" | "unscored"
>;

/**
 * Two judgements under the names of a record. `rationale` is the self-reward's words where there is a self-reward, and R's are then in
 * `rewardRationale`; a judge that was not asked has no say in why an answer is unscored.
 * @param reward undefined where nobody was asked
 * @param selfReward undefined where the algorithm asks for none
 */
export function judgedFields(reward: Judgement | undefined, selfReward: Judgement | undefined): JudgedFields {
  const judgements = [reward, selfReward].filter((each) => each !== undefined);
  const unscored = judgements.flatMap((judgement) => (judgement.value === null ? [judgement.unscored] : []));
  // People are compared with the self-reward where there is one: so with its criteria, where both judges have some.
  const byCriteria = judgements.findLast(({ criteria }) => criteria);
  const said = judgements.at(-1)?.rationale;
  return {
    reward: reward?.value ?? null,
    selfReward: selfReward?.value ?? null,
    ...(byCriteria?.criteria && { criteria: [...byCriteria.criteria] }),
    ...(byCriteria?.probabilities && { probabilities: [...byCriteria.probabilities] }),
    ...(said !== undefined && { rationale: said }),
    ...(selfReward && reward?.rationale !== undefined && { rewardRationale: reward.rationale }),
    ...(reward?.parts && { parts: reward.parts.map(({ flaw: _, ...part }) => part) }),
    ...(unscored.length > 0 && { unscored: unscored.join("; ") }),
  };
}
