import type { Influence } from "./influences.ts";
import { strata } from "./strata.ts";

/** What ratings have taught of a stratum so far, for the statistics whose intervals the queue narrows. */
export interface StratumNews {
  /** Its share of all answers. */
  readonly share: number;
  /** Its ratings, those that are planned included. */
  readonly ratings: number;
  /** Variance, within the stratum, of what one rating adds to each statistic. */
  readonly variances: readonly number[];
}

/** Ratings of a stratum, by which the assumed variance counts as known. */
const priorRatings = 4;

/** Where somebody doubts the score, ratings are assumed to vary so much more, before there are any. */
const doubtfulVariance = 4;

/** A rating's stratum, the judge's score that it is about, and what it adds. */
export interface InfluentialRating {
  readonly stratum: number;
  readonly score: number;
  readonly influence: Influence;
}

/**
 * What is known of each stratum, in order. Variances are those around the mean of the same score of the judge, because weighting knows
 * how often each score comes up. They are drawn towards what is assumed, which is the variance over all (1 before any rating), four
 * times that where somebody doubts the score.
 * @param shares of the strata among all answers
 */
export function newsOf(shares: readonly number[], ratings: readonly InfluentialRating[]): StratumNews[] {
  const statistics = [0, 1] as const;
  const overall = statistics.map((k) => {
    const { squares, freedom } = around(ratings, k);
    return squares > 0 ? squares / freedom : 1;
  });
  return strata.map(({ doubt }, stratum) => {
    const own = ratings.filter((rating) => rating.stratum === stratum);
    const variances = statistics.map((k) => {
      const assumed = overall[k]! * (doubt ? doubtfulVariance : 1);
      const { squares, freedom } = around(own, k);
      return (priorRatings * assumed + squares) / (priorRatings + freedom);
    });
    return { share: shares[stratum]!, ratings: own.length, variances };
  });
}

/** Squared distances of influences to the mean of their stratum and score, summed, and their degrees of freedom. */
function around(ratings: readonly InfluentialRating[], k: 0 | 1): { squares: number; freedom: number } {
  const cells = new Map<string, { n: number; sum: number; squares: number }>();
  for (const { stratum, score, influence } of ratings) {
    const name = `${stratum}/${score}`;
    const { n, sum, squares } = cells.get(name) ?? { n: 0, sum: 0, squares: 0 };
    cells.set(name, { n: n + 1, sum: sum + influence[k], squares: squares + influence[k] ** 2 });
  }
  let [squares, freedom] = [0, 0];
  for (const cell of cells.values()) {
    squares += Math.max(0, cell.squares - cell.sum ** 2 / cell.n);
    freedom += cell.n - 1;
  }
  return { squares, freedom };
}

/**
 * By which share one more rating in each stratum is expected to lower the variance of a statistic, the mean over both. With
 * v = share²·variance, a stratum of n ratings adds about v/(n + 1), and one more takes off v/(n + 1) − v/(n + 2). Taking the largest
 * again and again is Neyman's allocation, learnt along the way.
 */
export function worthOf(news: readonly StratumNews[]): number[] {
  const parts = (k: number): number[] => news.map(({ share, variances }) => share ** 2 * variances[k]!);
  const gains = [0, 1].map((k) => {
    const own = parts(k);
    const whole = own.reduce((sum, part, i) => sum + part / (news[i]!.ratings + 1), 0);
    return own.map((part, i) => {
      const n = news[i]!.ratings;
      return whole > 0 ? (part / (n + 1) - part / (n + 2)) / whole : 0;
    });
  });
  return news.map((_, i) => (gains[0]![i]! + gains[1]![i]!) / 2);
}
