import { type Measure, measure } from "./bootstrap.ts";
import { type HumanRating, type Pair, placeOf, queryOf } from "./cases.ts";
import { quadraticKappa, type Statistic, shareEqual, weightedMean } from "./statistics.ts";

/** How well two series of ratings of the same answers agree. */
export interface RatingsAgreement {
  readonly answers: number;
  readonly same: Measure;
  readonly kappa: Measure;
}

/** How well people agree, with one another and with themselves. */
export interface RatersAgreement {
  /** A rater who was shown answers again that they had rated before: how far ratings can be repeated at all. */
  readonly retest: (RatingsAgreement & { readonly rater: string })[];
  readonly pairs: (RatingsAgreement & { readonly raters: [string, string] })[];
  /** Krippendorff's α, interval metric, over the answers that several people rated. */
  readonly alpha: { readonly answers: number; readonly measure: Measure };
}

/** Two raters, or a rater and themself, are compared from so many queries on. */
const fewestShared = 10;

/** First ratings, and those that the same rater made of the same answer later, in the order in which they were made. */
export interface FirstAndAgain {
  readonly first: readonly HumanRating[];
  readonly again: readonly { readonly before: HumanRating; readonly after: HumanRating }[];
}

/** Tells a rater's first rating of an answer from the later ones: those are for test and retest, and count nowhere else. */
export function firstAndAgain(ratings: readonly HumanRating[]): FirstAndAgain {
  const firsts = new Map<string, HumanRating>();
  const again: { before: HumanRating; after: HumanRating }[] = [];
  for (const rating of ratings) {
    const name = `${placeOf(rating)}/${rating.rater}`;
    const before = firsts.get(name);
    if (before) again.push({ before, after: rating });
    else firsts.set(name, rating);
  }
  return { first: [...firsts.values()], again };
}

/** Agreement among people. Answers are not weighted here: those that several people rated are few, and were picked for it. */
export function ratersAgreement({ first, again }: FirstAndAgain): RatersAgreement {
  const raters = [...new Set(first.map(({ rater }) => rater))].sort();
  const retest = raters.flatMap((rater) => {
    const own = again.filter(({ before }) => before.rater === rater);
    if (own.length === 0) return [];
    return [{ rater, ...agreementOfPairs(own.map(({ before, after }) => [before, after] as const)) }];
  });
  const byAnswer = new Map<string, HumanRating[]>();
  for (const rating of first) {
    const name = placeOf(rating);
    byAnswer.set(name, [...(byAnswer.get(name) ?? []), rating]);
  }
  const shared = [...byAnswer.values()].filter((ratings) => ratings.length > 1);
  const pairs = raters.flatMap((one, i) =>
    raters.slice(i + 1).flatMap((other) => {
      const both = shared.flatMap((ratings) => {
        const [ours, theirs] = [one, other].map((rater) => ratings.find((each) => each.rater === rater));
        return ours && theirs ? [[ours, theirs] as const] : [];
      });
      return both.length === 0 ? [] : [{ raters: [one, other] as [string, string], ...agreementOfPairs(both) }];
    }),
  );
  return { retest, pairs, alpha: { answers: shared.length, measure: alphaOf(shared) } };
}

function agreementOfPairs(both: readonly (readonly [HumanRating, HumanRating])[]): RatingsAgreement {
  const pairs = both.map(([{ score: judge }, { score: human }]): Pair => ({ judge, human }));
  const units = both.map(([one]) => queryOf(one));
  const statistics = { same: shareEqual(pairs), kappa: quadraticKappa(pairs) };
  return { answers: both.length, ...measure({ ...unitsOf(units), margins: [] }, statistics, fewestShared) };
}

/** Numbers names from 0 in the order in which they first come up. */
export function unitsOf(names: readonly string[]): { readonly unitOf: Int32Array; readonly units: number } {
  const numbers = new Map<string, number>();
  const unitOf = Int32Array.from(names, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
  return { unitOf, units: numbers.size };
}

function alphaOf(shared: readonly (readonly HumanRating[])[]): Measure {
  const statistics = { alpha: krippendorffAlpha(shared.map((ratings) => ratings.map(({ score }) => score))) };
  const units = unitsOf(shared.map(([rating]) => queryOf(rating!)));
  return measure({ ...units, margins: [] }, statistics, fewestShared).alpha;
}

/**
 * Krippendorff's α with the interval metric: 1 − D_o/D_e. D_o is the mean squared difference of two ratings of one answer (an answer with
 * m ratings weighs m), D_e that of any two ratings of all. Null where all ratings are the same.
 * @param scores of each answer, two or more
 */
export function krippendorffAlpha(scores: readonly (readonly number[])[]): Statistic {
  const sums = scores.map((row) => row.reduce((sum, score) => sum + score, 0));
  const squares = scores.map((row) => row.reduce((sum, score) => sum + score ** 2, 0));
  const column = (of: (row: readonly number[], i: number) => number): Statistic =>
    weightedMean(Float64Array.from(scores, (row, i) => of(row, i)));
  // Σ_{a ≠ b} (a − b)² = 2 (m Σ a² − (Σ a)²), over the m − 1 others of each rating.
  const within = column((row, i) => (2 * (row.length * squares[i]! - sums[i]! ** 2)) / (row.length - 1));
  const [counts, sum, square] = [
    column((row) => row.length),
    column((_, i) => sums[i]!),
    column((_, i) => squares[i]!),
  ];
  return (weights) => {
    const answers = weights.reduce((total, weight) => total + weight, 0);
    const perAnswer = counts(weights);
    if (perAnswer === null) return null;
    const n = answers * perAnswer;
    const observed = within(weights)! / perAnswer;
    const expected = (2 * (n * square(weights)! * answers - (sum(weights)! * answers) ** 2)) / (n * (n - 1));
    return expected > 1e-12 ? 1 - observed / expected : null;
  };
}
