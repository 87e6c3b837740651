/** A rating beside what the judge gave the same answer. */
export interface JudgedRating {
  readonly rater: string;
  readonly human: { readonly score: number; readonly criteria: readonly (0 | 1)[] | undefined };
  /** `selfReward` is R_Q, 0 to 7. */
  readonly judge: { readonly selfReward: number; readonly criteria: readonly (0 | 1)[] | undefined };
}

/** A count of agreements out of so many cases. */
export interface Share {
  readonly equal: number;
  readonly of: number;
}

/** How far judge and people agree: plain counts and means. Nothing here says how sure they are. */
export interface Agreement {
  /** Ratings with a score, of answers that the judge scored. */
  readonly ratings: number;
  readonly raters: number;
  /** Over all criteria of all ratings where both gave them. */
  readonly criteria: Share;
  /** The same for each criterion, in order. */
  readonly perCriterion: readonly Share[];
  /** Ratings whose score is the judge's, rounded to a whole number. */
  readonly score: Share;
  /** Mean of judge − human, points; null without ratings. */
  readonly difference: number | null;
}

/** Below so many ratings a share or a mean says little: the count is shown instead. */
export const fewestRatings = 30;

/** Agreement over some ratings, of one rater or of all. */
export function agreementOf(judged: readonly JudgedRating[]): Agreement {
  const both = judged.flatMap(({ human, judge }) =>
    human.criteria && judge.criteria ? [{ human: human.criteria, judge: judge.criteria }] : [],
  );
  const perCriterion = Array.from({ length: 7 }, (_, i) =>
    shareOf(both.map(({ human, judge }) => human[i] === judge[i])),
  );
  const differences = judged.map(({ human, judge }) => judge.selfReward - human.score);
  return {
    ratings: judged.length,
    raters: new Set(judged.map(({ rater }) => rater)).size,
    criteria: {
      equal: perCriterion.reduce((sum, { equal }) => sum + equal, 0),
      of: perCriterion.reduce((sum, { of }) => sum + of, 0),
    },
    perCriterion,
    score: shareOf(judged.map(({ human, judge }) => Math.round(judge.selfReward) === human.score)),
    difference: judged.length === 0 ? null : differences.reduce((sum, each) => sum + each, 0) / judged.length,
  };
}

/** How often each pair of scores came up: `counts[judge][human]`, the judge's score rounded to a whole number. */
export function scoreTable(judged: readonly JudgedRating[]): readonly (readonly number[])[] {
  const counts = Array.from({ length: 8 }, () => Array<number>(8).fill(0));
  for (const { human, judge } of judged) {
    const row = counts[Math.min(7, Math.max(0, Math.round(judge.selfReward)))]!;
    row[human.score] = row[human.score]! + 1;
  }
  return counts;
}

function shareOf(flags: readonly boolean[]): Share {
  return { equal: flags.filter(Boolean).length, of: flags.length };
}
