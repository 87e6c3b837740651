import { mean } from "../../selfplay/statistics.ts";
import type { Rating } from "../../store/records.ts";

/** How people rated an answer, on the judge's scale of 0–7. */
export interface HumanScore {
  readonly mean: number;
  /** Ratings with a score; answers that a rater skipped count nowhere. */
  readonly count: number;
}

/** The people's scores of a round's answers. */
export type HumanScores = (query: number, answer: number) => HumanScore | undefined;

/** Sums the standing ratings of a run up for one of its rounds. */
export function humanScores(ratings: readonly Rating[], round: number): HumanScores {
  const scores = new Map<string, number[]>();
  for (const rating of ratings) {
    if (rating.round !== round || rating.score === null) continue;
    const key = `${rating.query}/${rating.answer}`;
    scores.set(key, [...(scores.get(key) ?? []), rating.score]);
  }
  return (query, answer) => {
    const given = scores.get(`${query}/${answer}`);
    return given && { mean: mean(given)!, count: given.length };
  };
}
