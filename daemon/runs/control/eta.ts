import type { RoundRecord } from "../../store/records.ts";

/** A finished round, as far as the estimate looks at it. */
export interface TimedRound {
  readonly round: number;
  /** Seconds since the round before it was finished, without pauses: what a person waits for it. */
  readonly waited: number;
  /** Part of it spent on held-out evaluation. */
  readonly evaluationSeconds: number;
}

/** Rounds of an earlier session, whose own duration is the best that is known of the wait for them. */
export function timedRound({ round, seconds, phases }: RoundRecord): TimedRound {
  return { round, waited: seconds, evaluationSeconds: phases.evaluate ?? 0 };
}

/** Rounds that the estimate looks back on: enough to be steady, few enough to follow a change of pace. */
const recent = 20;

/** Undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Estimated seconds until the last round is finished: the median of recent rounds without their evaluations, times
 * the rounds that are left, and the same for the evaluations that are due. Medians, so that one slow round moves nothing.
 * @param finished  finished rounds; round 0 only evaluates
 * @param last      the run's last round
 * @param every     rounds between evaluations; the last round is evaluated too
 * @param underway  seconds that the current round has run
 * @returns undefined before the first played round
 */
export function remainingSeconds(
  finished: readonly TimedRound[],
  last: number,
  every: number,
  underway: number,
): number | undefined {
  const played = finished.filter(({ round }) => round > 0);
  const now = finished.at(-1)?.round ?? 0;
  if (now >= last) return 0;
  const perRound = median(played.slice(-recent).map(({ waited, evaluationSeconds }) => waited - evaluationSeconds));
  if (perRound === undefined) return undefined;
  const evaluations = finished.filter(({ evaluationSeconds }) => evaluationSeconds > 0).slice(-recent);
  const perEvaluation = median(evaluations.map(({ evaluationSeconds }) => evaluationSeconds)) ?? 0;
  const due = Math.floor(last / every) - Math.floor(now / every) + (last % every === 0 ? 0 : 1);
  const spent = Math.min(Math.max(0, underway), perRound);
  return (last - now) * perRound + due * perEvaluation - spent;
}
