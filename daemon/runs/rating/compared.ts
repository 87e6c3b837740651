import type { RunRecord } from "../../store/records.ts";

/** Whose scores agreement is computed from, and how they lie on the scale 0–7, as a sentence. */
export function comparedWith({ judges }: Pick<RunRecord, "judges">): string {
  if (judges?.selfReward) return `The self-reward (${judges.selfReward.name}) is compared with people's scores.`;
  const who = judges ? `The reward (${judges.reward.name})` : "The self-reward, or where there is none the reward";
  return `${who} is compared with people's scores; a reward from 0 to 1 counts seven times as much.`;
}
