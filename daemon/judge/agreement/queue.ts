import { bandOf, bandsOf, type RoundBand } from "./bands.ts";
import {
  type HumanRating,
  isScored,
  type JudgedAnswer,
  type Place,
  placeOf,
  queryOf,
  type RatedAnswer,
} from "./cases.ts";
import { influencesOfRatings } from "./influences.ts";
import { firstAndAgain } from "./raters.ts";
import { strata, stratumOf } from "./strata.ts";
import { newsOf, type StratumNews, worthOf } from "./worth.ts";

/** What the queue chooses from, and for whom. */
export interface QueueInput {
  /** The rounds in question, in order. */
  readonly rounds: readonly number[];
  /** All answers of some of these rounds, in equal steps. */
  readonly population: readonly JudgedAnswer[];
  /** How the judge took an answer that was rated; undefined where it is not there any more, or of no round in question. */
  readonly judged: (place: string) => JudgedAnswer | undefined;
  /** Blind ratings with a score, of all raters, in the order in which they were made. */
  readonly ratings: readonly HumanRating[];
  readonly rater: string;
  /** How often the rater has seen which answers: rated, skipped, or picked just now. */
  readonly seen: ReadonlyMap<string, number>;
  readonly count: number;
  /** A number that is the same for a text on every day, and tells nothing of it. */
  readonly scramble: (text: string) => number;
}

/** An answer to rate next, and why. */
export interface Pick extends Place {
  /** In words for the rater, who judges blind: it never tells which way a scorer errs, nor the round. */
  readonly reason: string;
}

/** Of so many picks for a rater, one is an answer that they rated before, and one that another rater did. */
const cycle = 20;
const retestAt = 19;
const sharedAt = 9;

/** A rater sees an answer again after so many others. */
const retestAfter = 20;

/**
 * Picks what one rater rates next, where a rating is expected to narrow most the intervals of bias and κ: each pick goes to the
 * stratum (`strata.ts`) of the largest worth (`worth.ts`). Within a stratum come first answers to queries that few have rated,
 * then those in a quarter of the rounds with few ratings, then chance: a hash of rater and place. So the choice depends on an
 * answer only through what the judges said, and weighting by strata and quarters makes up for it (`agreement.ts`). Answers that
 * the judge left unscored come when nothing else is left. One pick in 20 is an answer that the rater rated at least 20 ratings
 * ago, and one that another rater rated; nothing in a pick tells. The order is scrambled. [ours]
 */
export function nextPicks(input: QueueInput): Pick[] {
  const queue = new Queue(input);
  const picks: Pick[] = [];
  for (let i = 0; i < input.count; i++) {
    const pick = queue.next();
    if (!pick) break;
    picks.push(pick);
  }
  const order = (pick: Pick): number => input.scramble(`order/${input.rater}/${placeOf(pick)}`);
  return picks.sort((a, b) => order(a) - order(b));
}

/** A candidate with its place in the scrambled order. */
interface Candidate {
  readonly answer: JudgedAnswer;
  readonly place: string;
  readonly chance: number;
}

class Queue {
  readonly #input: QueueInput;
  readonly #bands: readonly RoundBand[];
  readonly #news: StratumNews[];
  /** What the rater may be shown, by stratum; the last are unscored answers. */
  readonly #left: Candidate[][];
  /** Answers that the rater has not seen and others have rated. */
  readonly #shared: Candidate[];
  /** Answers that the rater rated long ago, once. */
  readonly #retests: Candidate[];
  readonly #ratingsOfQuery = new Map<string, number>();
  readonly #ratingsOfBand: number[];
  /** How many answers the rater was shown so far. */
  #picked: number;

  constructor(input: QueueInput) {
    const { rounds, population, judged, ratings, rater, seen } = input;
    this.#input = input;
    this.#bands = bandsOf(rounds);
    this.#ratingsOfBand = this.#bands.map(() => 0);
    const rated = firstAndAgain(ratings).first.flatMap((rating): RatedAnswer[] => {
      const answer = judged(placeOf(rating));
      return answer && isScored(answer) ? [{ rating, answer }] : [];
    });
    for (const { answer } of rated) this.#count(answer);
    const shares = strata.map((_, stratum) => shareOf(population, stratum));
    const influences = influencesOfRatings(rated, population.filter(isScored), this.#bands);
    this.#news = newsOf(
      shares,
      rated.map(({ answer }, i) => {
        return { stratum: stratumOf(answer), score: Math.round(answer.score), influence: influences[i]! };
      }),
    );
    const unseen = population.filter((answer) => !seen.has(placeOf(answer)));
    this.#left = [...strata.keys(), strata.length].map((stratum) =>
      unseen.filter((answer) => indexOf(answer) === stratum).map((answer) => this.#candidate(answer)),
    );
    const byOthers = new Map(rated.map(({ answer }) => [placeOf(answer), answer]));
    this.#shared = [...byOthers.values()]
      .filter((answer) => !seen.has(placeOf(answer)))
      .map((answer) => this.#candidate(answer));
    const own = ratings.filter((rating) => rating.rater === rater);
    this.#retests = own.slice(0, -retestAfter).flatMap((rating) => {
      const answer = judged(placeOf(rating));
      return answer && seen.get(placeOf(rating)) === 1 ? [this.#candidate(answer)] : [];
    });
    this.#picked = [...seen.values()].reduce((sum, times) => sum + times, 0);
  }

  /** The next pick; undefined when none is left. */
  next(): Pick | undefined {
    const turn = this.#picked++ % cycle;
    const special = turn === retestAt ? this.#retests : turn === sharedAt ? this.#shared : [];
    const chosen = least(special, ({ chance }) => [chance]) ?? this.#mostWorth();
    if (!chosen) return undefined;
    const { answer, place } = chosen;
    const reason = this.#reason(answer);
    for (const list of [...this.#left, this.#shared, this.#retests]) drop(list, place);
    if (!this.#input.seen.has(place)) this.#plan(answer);
    const { round, query, answer: index } = answer;
    return { round, query, answer: index, reason };
  }

  /** What follows knows that this answer will be rated. */
  #plan(answer: JudgedAnswer): void {
    this.#count(answer);
    const stratum = indexOf(answer);
    const news = this.#news[stratum];
    if (news) this.#news[stratum] = { ...news, ratings: news.ratings + 1 };
  }

  #mostWorth(): Candidate | undefined {
    const worth = worthOf(this.#news);
    const best = [...strata.keys()]
      .filter((stratum) => this.#left[stratum]!.length > 0)
      .reduce<number | undefined>((a, b) => (a !== undefined && worth[a]! >= worth[b]! ? a : b), undefined);
    return least(this.#left[best ?? strata.length]!, ({ answer, chance }) => [
      this.#ratingsOfQuery.get(queryOf(answer)) ?? 0,
      this.#ratingsOfBand[bandOf(this.#bands, answer.round)]!,
      chance,
    ]);
  }

  #candidate(answer: JudgedAnswer): Candidate {
    const place = placeOf(answer);
    return { answer, place, chance: this.#input.scramble(`${this.#input.rater}/${place}`) };
  }

  #count(answer: JudgedAnswer): void {
    this.#ratingsOfQuery.set(queryOf(answer), (this.#ratingsOfQuery.get(queryOf(answer)) ?? 0) + 1);
    this.#ratingsOfBand[bandOf(this.#bands, answer.round)]!++;
  }

  /** All of it is true of an answer that comes again, too, and nothing tells it from others. */
  #reason(answer: JudgedAnswer): string {
    const inBand = this.#ratingsOfBand[bandOf(this.#bands, answer.round)]!;
    const ofBand = `its quarter of the rounds has ${inBand === 1 ? "1 rating" : `${inBand} ratings`}`;
    if (!isScored(answer)) return ["the judge gave it no score", ofBand].join(" · ");
    const stratum = stratumOf(answer);
    const narrower = 1 - Math.sqrt(1 - worthOf(this.#news)[stratum]!);
    const percent = (100 * narrower).toFixed(narrower < 0.01 ? 2 : 1);
    return [...says(answer, stratum), ofBand, `a rating like it narrows the intervals by about ${percent} %`].join(
      " · ",
    );
  }
}

function says({ doubt }: JudgedAnswer, stratum: number): string[] {
  if (doubt === "scorers-disagree") return ["scorers disagree on it (which way is hidden)"];
  if (doubt === "judge-unsure") return ["the judge is unsure of it"];
  return strata[stratum]!.score === "middle" ? [] : ["scored near an end of the scale (which one is hidden)"];
}

/** The stratum of an answer; one more than the last for an unscored one. */
function indexOf(answer: JudgedAnswer): number {
  return isScored(answer) ? stratumOf(answer) : strata.length;
}

function shareOf(population: readonly JudgedAnswer[], stratum: number): number {
  const scored = population.filter(isScored);
  return scored.length === 0 ? 0 : scored.filter((answer) => stratumOf(answer) === stratum).length / scored.length;
}

function drop(list: Candidate[], place: string): void {
  const at = list.findIndex((candidate) => candidate.place === place);
  if (at >= 0) list.splice(at, 1);
}

/** The candidate with the least key, compared number by number. */
function least(list: readonly Candidate[], keyOf: (candidate: Candidate) => readonly number[]): Candidate | undefined {
  let best: { candidate: Candidate; key: readonly number[] } | undefined;
  for (const candidate of list) {
    const key = keyOf(candidate);
    const differs = best ? key.findIndex((each, i) => each !== best!.key[i]) : 0;
    if (!best || (differs >= 0 && key[differs]! < best.key[differs]!)) best = { candidate, key };
  }
  return best?.candidate;
}
