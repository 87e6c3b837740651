import type { RunRecord } from "../../store/records.ts";
import { rewardRange } from "./reward-range.ts";

/** Whose scores agreement is computed from, and how they lie on the scale 0–7 (`judge/agreement/scale.ts`), in sentences. */
export function comparedWith(run: Pick<RunRecord, "judges" | "config">): string {
  const { judges } = run;
  if (judges?.selfReward) return `The self-reward (${judges.selfReward.name}) is compared with people's scores.`;
  const who = judges ? `The reward (${judges.reward.name})` : "The self-reward, or where there is none the reward,";
  return `${who} is compared with people's scores. ${placed(run)}`;
}

/** How a reward lies on the scale 0–7. */
function placed(run: Pick<RunRecord, "judges" | "config">): string {
  const { low, high } = rewardRange(run);
  if (isPairwise(run)) {
    return "A reward by pairs is the share of its comparisons with other answers to the same query that an answer won, times seven: it says which answers to a query are better, and nothing about how good all of them are. So bias and κ mean little here, and Spearman, which is taken over all queries, can be lower than among the answers to one.";
  }
  if (low === null || high === null) {
    return "A reward R has no bounds and counts as 7 / (1 + exp(−R)): that keeps its order, so Spearman can be relied on; bias and κ depend on where the judge has put its zero.";
  }
  if (low === 0 && high === 1) return "A reward from 0 to 1 counts seven times as much.";
  return `A reward from ${short(low)} to ${short(high)} is stretched to 0–7.`;
}

/** As `pairwiseReward` names itself. */
function isPairwise({ judges }: Pick<RunRecord, "judges">): boolean {
  return judges?.reward.name.startsWith("pairwise:") ?? false;
}

function short(bound: number): number {
  return Number(bound.toFixed(4));
}
