/** Two scores of one answer. */
export interface Pair {
  /** On the scale 0–7, not always whole; of a criterion 0 or 1. */
  readonly judge: number;
  readonly human: number;
}

/** Whether a criterion is met. */
export type Verdict = 0 | 1;

/** Where an answer stands in a run. */
export interface Place {
  readonly round: number;
  readonly query: number;
  readonly answer: number;
}

/** Names an answer of a run. */
export function placeOf({ round, query, answer }: Place): string {
  return `${round}/${query}/${answer}`;
}

/** Names a query of a run. */
export function queryOf({ round, query }: Omit<Place, "answer">): string {
  return `${round}/${query}`;
}

/** An answer as its judges took it: all that agreement and the choice of what to rate next need to know of it. */
export interface JudgedAnswer extends Place {
  /** What kind of query it answers. */
  readonly kind: string;
  /** The judge's score on the scale 0–7; null where there is none. */
  readonly score: number | null;
  readonly criteria: readonly Verdict[] | undefined;
  /** Why the score may be wrong, as far as the judges themselves can tell: another scorer says otherwise, or it was a near thing. */
  readonly doubt: "scorers-disagree" | "judge-unsure" | undefined;
}

/** A person's rating of an answer that they judged blind. */
export interface HumanRating extends Place {
  readonly rater: string;
  /** 0–7. */
  readonly score: number;
  readonly criteria: readonly Verdict[] | undefined;
}

/** An answer that the judge gave a score. */
export interface ScoredAnswer extends JudgedAnswer {
  readonly score: number;
}

/** A rating beside what the judge gave the same answer. */
export interface RatedAnswer {
  readonly rating: HumanRating;
  readonly answer: ScoredAnswer;
}

/** Whether the judge scored an answer. */
export function isScored(answer: JudgedAnswer): answer is ScoredAnswer {
  return answer.score !== null;
}
