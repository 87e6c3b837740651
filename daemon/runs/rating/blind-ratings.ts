import type { HumanRating } from "../../judge/agreement/cases.ts";
import type { Rating } from "../../store/records.ts";

/** The ratings that count for agreement: those with a score whose rater did not see the judge's. */
export function blindRatings(ratings: readonly Rating[]): HumanRating[] {
  return ratings.flatMap(({ blind, score, rater, round, query, answer, criteria }) =>
    blind && score !== null ? [{ rater, round, query, answer, score, criteria }] : [],
  );
}
