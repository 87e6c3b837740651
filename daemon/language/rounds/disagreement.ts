import type { AnswerRecord } from "../../store/records.ts";

/** What the rule reads of an answer; R is a verifier's. */
export type Scores = Pick<AnswerRecord, "reward" | "selfReward">;

/** What a wrong answer's self-reward is held against. */
export interface Disagreement {
  /** The least self-reward of a right answer to the same query; undefined where there is no such answer. */
  readonly rival: number | undefined;
}

/** R of a verifier: right from here on. */
const right = 0.5;

/** All seven points: what no wrong answer should get, whatever others got. */
const fullMarks = 7;

/**
 * Whether the self-reward contradicts the verifier: it gives a wrong answer no less than a right one to the same query, or all
 * seven points where there is no right one [ours]. Advantages are above or below a group's mean, so answers are compared within
 * it, and a judge that is generous or strict to all of them contradicts nobody. The rounds panel has the same rule
 * (webview/rounds/queries/remarks.ts).
 */
export function disagreement({ reward, selfReward }: Scores, group: readonly Scores[]): Disagreement | undefined {
  if (reward === null || reward >= right || selfReward === null) return undefined;
  const rivals = group.flatMap((other) =>
    other.reward !== null && other.reward >= right && other.selfReward !== null ? [other.selfReward] : [],
  );
  if (rivals.length === 0) return selfReward >= fullMarks ? { rival: undefined } : undefined;
  const rival = Math.min(...rivals);
  return selfReward >= rival ? { rival } : undefined;
}
