import { fixed, plain } from "../../shared/numbers.ts";
import type { QueryRecord, RunDetails } from "./records.ts";

/** Between which values R lies; null is no bound. A reward model's logits have none. */
export interface RewardRange {
  readonly low: number | null;
  readonly high: number | null;
}

/** A verifier's, and that of runs which were made before it was recorded. */
export const unitRange: RewardRange = { low: 0, high: 1 };

/** The range of R in a run. */
export function rewardRange({ record }: RunDetails): RewardRange {
  return record?.judges?.reward ?? unitRange;
}

/** "0–1", "−5 to 5", "at least 0", "any value". */
export function rangeText({ low, high }: RewardRange): string {
  if (low === null) return high === null ? "any value" : `at most ${plain(high)}`;
  if (high === null) return `at least ${plain(low)}`;
  return low < 0 ? `${plain(low)} to ${plain(high)}` : `${plain(low)}–${plain(high)}`;
}

/** A reward or a mean of rewards: to hundredths within bounds, to tenths where it may be of any size, so that a column holds it. */
export function rewardText(value: number | null, { low, high }: RewardRange): string {
  return fixed(value, low === null || high === null ? 1 : 2);
}

/** The ends of the line on which a round's rewards are drawn: the range, or where it has no bound, the rewards' own. */
export function rewardAxis({ low, high }: RewardRange, queries: readonly QueryRecord[]): readonly [number, number] {
  if (low !== null && high !== null) return [low, high];
  const rewards = queries.flatMap(({ answers }) => answers.flatMap(({ reward }) => reward ?? []));
  const least = low ?? rewards.reduce((min, reward) => Math.min(min, reward), Number.POSITIVE_INFINITY);
  const most = high ?? rewards.reduce((max, reward) => Math.max(max, reward), Number.NEGATIVE_INFINITY);
  return least < most ? [least, most] : Number.isFinite(least) ? [least - 0.5, least + 0.5] : [0, 1];
}
