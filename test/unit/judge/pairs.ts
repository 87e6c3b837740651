import type { Pair } from "../../../daemon/judge/scorer.ts";

/** A pair at a place of a round. */
export function pairAt(query: string, answer: string, place = 0, round = 3): Pair {
  const key = { seed: 5, round, role: "solver", query: place, answer: place % 4 } as const;
  return { query, answer, stop: "stop", duplicate: false, key };
}
