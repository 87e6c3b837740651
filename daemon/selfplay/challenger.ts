/**
 * The Challenger's side of the game: what a query is worth, and its advantage among the round's queries.
 */
import type { RoundScores, Score } from "./algorithm.ts";
import { centre, hasContrast, scored } from "./centring.ts";
import { queryFate } from "./rules.ts";
import type { AlgorithmSettings, ChallengerObjective } from "./settings.ts";

/**
 * What the difficulty baseline V(q) is worth to the Challenger.
 * - `minimax` [paper]: −V, so that harder is better.
 * - `frontier` [ours, after R-Zero; not part of LSP]: 1 − 2|V − ½| for rewards in [0, 1], so that a query which the
 *   Solver gets right half of the time is best.
 *
 * LSP adds V_Q to either.
 */
export function difficultyReward(objective: ChallengerObjective, V: number): number {
  return objective === "minimax" ? -V : 1 - 2 * Math.abs(V - 0.5);
}

export interface ChallengerAdvantages {
  /** c_i before centring, null where out of the mean. */
  readonly reward_N: readonly Score[];
  /** A_Ch = c_i − mean_i c_i; they sum to 0. */
  readonly advantage_N: readonly number[];
  readonly notes: readonly string[];
}

/**
 * A_Ch from the queries' rewards.
 *
 * A rejected query is out of the mean (`drop`), or in it at min(c) − margin (`penalise`), min over admitted queries.
 * With fewer than two admitted queries that have a reward there is nothing to compare, and all advantages are 0.
 * @param own_N c_i where it can be computed; what stands at a rejected query is not read
 */
export function challengerAdvantages(
  scores: RoundScores,
  own_N: readonly Score[],
  settings: AlgorithmSettings,
): ChallengerAdvantages {
  const answered_N = own_N.map((c, i) => (queryFate(scores, i, settings) === "answered" ? c : null));
  const comparable = scored(answered_N);
  if (comparable.length < 2) {
    return { reward_N: answered_N, advantage_N: own_N.map(() => 0), notes: [tooFew(scores, comparable.length)] };
  }
  const worst = Math.min(...comparable);
  const reward_N = answered_N.map((c, i) =>
    queryFate(scores, i, settings) === "penalised" ? worst - settings.rejectMargin : c,
  );
  const notes = hasContrast(reward_N) ? [] : ["all queries earned the same: the Challenger learns nothing this round"];
  return { reward_N, advantage_N: centre(reward_N), notes };
}

function tooFew(scores: RoundScores, comparable: number): string {
  const admitted = scores.admitted_N.filter(Boolean).length;
  const what = admitted < 2 ? count(admitted, "admitted") : count(comparable, "with a score");
  return `${what}: the Challenger learns nothing this round`;
}

function count(queries: number, which: string): string {
  if (queries === 0) return `no query ${which}`;
  return `only ${queries} query ${which}`;
}
