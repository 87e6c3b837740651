/** A made-up run whose judge errs in a known way, and people who rate it. */
import { bandsOf, type RoundBand } from "../../../daemon/judge/agreement/bands.ts";
import { type HumanRating, type JudgedAnswer, type Place, placeOf } from "../../../daemon/judge/agreement/cases.ts";
import { nextPicks } from "../../../daemon/judge/agreement/queue.ts";
import { doubtOf } from "../../../daemon/judge/agreement/strata.ts";
import { pseudoRandom } from "../store/pseudo-random.ts";

export interface World {
  readonly rounds: readonly number[];
  readonly bands: readonly RoundBand[];
  readonly answers: readonly (JudgedAnswer & { readonly score: number })[];
  readonly judged: (place: string) => JudgedAnswer | undefined;
  /** What a person gives the answer. */
  readonly human: (place: Place) => number;
  readonly scramble: (text: string) => number;
}

/**
 * 2048 answers, four to a query. 60 % are right; of the wrong ones the judge is fooled by 30 %, and gives them what it gives right ones.
 * People are not fooled. Answers of one query share a part of what people think.
 * @param verified whether a verifier says which answers are right, so that its word can be held against the judge's
 */
export function worldOf(seed: number, verified = true): World {
  const random = pseudoRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const score = (x: number): number => Math.max(0, Math.min(7, Math.round(x)));
  const rounds = Array.from({ length: 32 }, (_, i) => i + 1);
  const scores = new Map<string, number>();
  const answers = rounds.flatMap((round) =>
    Array.from({ length: 16 }, (_, query) => {
      const liked = 0.6 * normal();
      return [0, 1, 2, 3].map((answer) => {
        const right = random() < 0.6;
        const fooled = !right && random() < 0.3;
        const judge = score(right || fooled ? 6 + 0.8 * normal() : 2 + normal());
        const doubt = verified ? doubtOf([right ? 1 : 0, judge / 7], undefined) : undefined;
        scores.set(
          placeOf({ round, query, answer }),
          score((right ? 5.5 : fooled ? 2.5 : 1.5) + liked + 0.8 * normal()),
        );
        return { round, query, answer, kind: "general", score: judge, criteria: undefined, doubt };
      });
    }).flat(),
  );
  const byPlace = new Map(answers.map((answer) => [placeOf(answer), answer]));
  return {
    rounds,
    bands: bandsOf(rounds),
    answers,
    judged: (place) => byPlace.get(place),
    human: (place) => scores.get(placeOf(place))!,
    scramble: (text) => hash(`${seed} ${text}`),
  };
}

/** A rating of an answer by a person of this world. */
export function rate({ human }: World, place: Place, rater = "ada"): HumanRating {
  const { round, query, answer } = place;
  return { rater, round, query, answer, score: human(place), criteria: undefined };
}

/** Ratings of answers that chance picks. */
export function ratedByChance(world: World, count: number): HumanRating[] {
  const order = new Map(world.answers.map((answer) => [answer, world.scramble(`chance ${placeOf(answer)}`)]));
  const shuffled = world.answers.toSorted((a, b) => order.get(a)! - order.get(b)!);
  return shuffled.slice(0, count).map((answer) => rate(world, answer));
}

/** Ratings of answers that the queue picks, twenty at a time, answers that come again included. */
export function ratedByQueue(world: World, count: number): HumanRating[] {
  const { rounds, answers: population, judged, scramble } = world;
  const ratings: HumanRating[] = [];
  while (ratings.length < count) {
    const seen = new Map<string, number>();
    for (const rating of ratings) seen.set(placeOf(rating), (seen.get(placeOf(rating)) ?? 0) + 1);
    const asked = Math.min(20, count - ratings.length);
    const picks = nextPicks({ rounds, population, judged, ratings, rater: "ada", seen, count: asked, scramble });
    ratings.push(...picks.map((pick) => rate(world, pick)));
  }
  return ratings;
}

/** FNV-1a, its bits mixed once more: thousands of worlds want thousands of these a second. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
