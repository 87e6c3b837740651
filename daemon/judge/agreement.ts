import { setImmediate as turn } from "node:timers/promises";
import type { RoundBand } from "./agreement/bands.ts";
import { type Measure, measure } from "./agreement/bootstrap.ts";
import {
  type HumanRating,
  isScored,
  type JudgedAnswer,
  type Pair,
  placeOf,
  queryOf,
  type RatedAnswer,
  type ScoredAnswer,
} from "./agreement/cases.ts";
import { queryKinds } from "./agreement/query-kind.ts";
import { firstAndAgain, type RatersAgreement, ratersAgreement } from "./agreement/raters.ts";
import { resamplingOf } from "./agreement/resampling.ts";
import { bias, quadraticKappa, type Statistic, shareEqual, spearman, weightedMean } from "./agreement/statistics.ts";

/** What agreement is computed from. */
export interface AgreementInput {
  /** Blind ratings with a score, in the order in which they were made. */
  readonly ratings: readonly HumanRating[];
  /** How the judge took an answer; undefined for one that is not there any more. */
  readonly judged: (place: string) => JudgedAnswer | undefined;
  /** All answers of some rounds in equal steps: they stand for all of the run's. */
  readonly population: readonly JudgedAnswer[];
  /** The bands of rounds, in order. */
  readonly bands: readonly RoundBand[];
}

/** How far the judge and people agree on some answers. All four are estimates for all answers, not for those that were rated. */
export interface ScoreAgreement {
  readonly ratings: number;
  /** Distinct queries among them: answers of one query are not independent, so these count. */
  readonly queries: number;
  /** Share of equal scores. */
  readonly same: Measure;
  /** Mean of judge − human, points of 7. */
  readonly bias: Measure;
  readonly spearman: Measure;
  /** Quadratic-weighted κ. */
  readonly kappa: Measure;
}

/** How far they agree on one of the seven criteria; `kappa` is Cohen's. */
export interface CriterionAgreement extends Omit<ScoreAgreement, "spearman"> {
  /** 1 to 7. */
  readonly criterion: number;
}

/** Answers that the judge gave one score: what people give them on average. */
export interface ReliabilityBin {
  /** The judge's score, rounded. */
  readonly judge: number;
  readonly ratings: number;
  readonly human: Measure;
}

/** How far the judge can be trusted, as far as people have rated. */
export interface Agreement {
  readonly overall: ScoreAgreement;
  readonly criteria: CriterionAgreement[];
  readonly reliability: ReliabilityBin[];
  readonly byRounds: (RoundBand & ScoreAgreement)[];
  /** Empty where all rated queries are of one kind. */
  readonly byKind: (ScoreAgreement & { readonly kind: string })[];
  readonly raters: RatersAgreement;
  /** Ratings of answers that the judge gave no score, or that are not there any more: they count nowhere. */
  readonly unjudged: number;
}

/** What people give on average is told for a score of the judge from so many queries on, where there are enough for all. */
const fewestInBin = 10;

/**
 * Agreement between the judge and people.
 *
 * Which answers are rated is chosen for what their ratings teach, so plain means over ratings would be biased. Every rating is
 * weighted by raking (`agreement/weights.ts`): in each stratum of the judge's scores and doubts (`agreement/strata.ts`) and in each band
 * of rounds, ratings weigh what answers do. What is assumed is that within a stratum and a band chance decides which answers are
 * rated; so it is when they come from the queue, and skipped ones are like the others.
 *
 * Intervals are 95 % bootstrap intervals that resample queries, because answers of one query, and ratings of one answer, are not
 * independent. A rater's second rating of an answer counts only in test and retest.
 */
export async function agreementOf({ ratings, judged, population, bands }: AgreementInput): Promise<Agreement> {
  const parts = firstAndAgain(ratings);
  const rated = parts.first.flatMap((rating): RatedAnswer[] => {
    const answer = judged(placeOf(rating));
    return answer && isScored(answer) ? [{ rating, answer }] : [];
  });
  const scored = population.filter(isScored);
  // A part takes a tenth of a second and more: between two of them others have their turn.
  const group = async (isIn: (answer: JudgedAnswer) => boolean): Promise<ScoreAgreement> => {
    await turn();
    return scoreAgreement(
      rated.filter(({ answer }) => isIn(answer)),
      scored.filter(isIn),
      bands,
    );
  };
  const kinds = queryKinds.filter((kind) => rated.some(({ answer }) => answer.kind === kind));
  const byRounds: Agreement["byRounds"] = [];
  for (const band of bands) {
    byRounds.push({ ...band, ...(await group(({ round }) => round >= band.first && round <= band.last)) });
  }
  const byKind: Agreement["byKind"] = [];
  for (const kind of kinds.length > 1 ? kinds : []) {
    byKind.push({ kind, ...(await group((answer) => answer.kind === kind)) });
  }
  const all = overallAndReliability(rated, scored, bands);
  await turn();
  const criteria = criteriaAgreement(rated, scored, bands);
  await turn();
  const unjudged = parts.first.length - rated.length;
  return { ...all, criteria, byRounds, byKind, raters: ratersAgreement(parts), unjudged };
}

function scoreAgreement(
  rated: readonly RatedAnswer[],
  population: readonly ScoredAnswer[],
  bands: readonly RoundBand[],
): ScoreAgreement {
  const resampling = resamplingOf(rated, population, bands);
  return { ratings: rated.length, queries: resampling.units, ...measure(resampling, statisticsOf(rated)) };
}

function statisticsOf(rated: readonly RatedAnswer[]): Record<"same" | "bias" | "spearman" | "kappa", Statistic> {
  const pairs = rated.map(({ rating, answer }): Pair => ({ judge: answer.score, human: rating.score }));
  return { same: shareEqual(pairs), bias: bias(pairs), spearman: spearman(pairs), kappa: quadraticKappa(pairs) };
}

/**
 * Agreement on all answers; and for each of the judge's scores, rounded, what people give on average: where that is the score
 * itself, the judge is right on average.
 */
function overallAndReliability(
  rated: readonly RatedAnswer[],
  population: readonly ScoredAnswer[],
  bands: readonly RoundBand[],
): { overall: ScoreAgreement; reliability: ReliabilityBin[] } {
  const resampling = resamplingOf(rated, population, bands);
  const humans = Float64Array.from(rated, ({ rating }) => rating.score);
  const byScore = new Map<number, number[]>();
  for (const [i, { answer }] of rated.entries()) {
    const score = Math.round(answer.score);
    byScore.set(score, [...(byScore.get(score) ?? []), i]);
  }
  const bins = [...byScore].sort(([a], [b]) => a - b);
  const means = Object.fromEntries(bins.map(([score, places]) => [score, weightedMean(humans, places)]));
  const { same, bias, spearman, kappa, ...people } = measure(resampling, { ...means, ...statisticsOf(rated) });
  const overall = { ratings: rated.length, queries: resampling.units, same, bias, spearman, kappa };
  const reliability = bins.map(([judge, places]): ReliabilityBin => {
    const queries = new Set(places.map((i) => queryOf(rated[i]!.answer))).size;
    const tooFew = { kind: "too-few", n: queries, of: fewestInBin } as const;
    const human = queries < fewestInBin ? tooFew : (people as Record<string, Measure>)[judge]!;
    return { judge, ratings: places.length, human };
  });
  return { overall, reliability };
}

/** Each criterion, over the ratings where both the judge and the rater gave all seven. */
function criteriaAgreement(
  rated: readonly RatedAnswer[],
  population: readonly ScoredAnswer[],
  bands: readonly RoundBand[],
): CriterionAgreement[] {
  const both = rated.filter(({ rating, answer }) => rating.criteria && answer.criteria);
  const resampling = resamplingOf(both, population, bands);
  const criteria = [0, 1, 2, 3, 4, 5, 6];
  const pairsOf = (i: number): Pair[] =>
    both.map(({ rating, answer }) => ({ judge: answer.criteria![i]!, human: rating.criteria![i]! }));
  const each = (statistic: (pairs: readonly Pair[]) => Statistic, name: string) =>
    criteria.map((i): [string, Statistic] => [`${name} ${i}`, statistic(pairsOf(i))]);
  // All at once: they share their resamples.
  const measures = measure(
    resampling,
    Object.fromEntries([...each(shareEqual, "same"), ...each(bias, "bias"), ...each(quadraticKappa, "kappa")]),
  );
  return criteria.map((i) => ({
    criterion: i + 1,
    ratings: both.length,
    queries: resampling.units,
    same: measures[`same ${i}`]!,
    bias: measures[`bias ${i}`]!,
    kappa: measures[`kappa ${i}`]!,
  }));
}
