import { SparringError } from "../../errors.ts";
import { bandsOf } from "../../judge/agreement/bands.ts";
import { type JudgedAnswer, placeOf } from "../../judge/agreement/cases.ts";
import { agreementOf } from "../../judge/agreement.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { RunIndex } from "../../store/index/run-index.ts";
import type { Journal } from "../../store/journal.ts";
import type { QueryRecord, Rating } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import type { Listeners } from "../control/listeners.ts";
import { pageOf } from "../reading/pages.ts";
import type { Reading } from "../reading/reading.ts";
import type { RoundViews } from "../reading/round-views.ts";
import { blindRatings } from "./blind-ratings.ts";
import { comparedWith } from "./compared.ts";
import { judgeHealth } from "./judge-health.ts";
import { JudgedRounds } from "./judged-rounds.ts";
import {
  blindSample,
  type Candidate,
  candidatesOf,
  nextSamples,
  roundsRead,
  samplesOf,
  spread,
} from "./next-samples.ts";

/** Takes ratings by hand. Each is on disk before it is acknowledged. */
export class RatingDesk {
  readonly #store: Store;
  readonly #index: RunIndex;
  readonly #reading: Reading;
  readonly #views: RoundViews;
  readonly #listeners: Listeners;
  readonly #judged: JudgedRounds;
  readonly #journals = new Map<string, Promise<Journal<Rating>>>();

  constructor(store: Store, index: RunIndex, reading: Reading, views: RoundViews, listeners: Listeners) {
    this.#store = store;
    this.#index = index;
    this.#reading = reading;
    this.#views = views;
    this.#listeners = listeners;
    this.#judged = new JudgedRounds(store);
  }

  /**
   * What a rater rates next, without the scores: what was asked for by `only` and is not rated yet, or what the queue picks of
   * what they never rated, and now and then again of what they did.
   * @throws SparringError `run/no-such-query`, `run/no-such-answer` where `only` names none
   */
  async next(params: ValidParamsOf<"sparring/sample/next">): Promise<ResultOf<"sparring/sample/next">> {
    const { run, rater, count, first, last, only } = params;
    const journal = await this.#journal(run);
    const ratings = await journal.list();
    const rated = new Set(ratings.filter((rating) => rating.rater === rater).map(placeOf));
    if (only) {
      const named = await this.#named(run, first, only.query, only.answer);
      const left = named.filter(
        ({ query, index }) => !rated.has(placeOf({ round: first, query: query.index, answer: index })),
      );
      return { samples: left.slice(0, count).map((candidate) => blindSample(run, candidate)) };
    }
    const rounds = await this.#rounds(run, first, last);
    const judgedOf = (round: number): Promise<readonly JudgedAnswer[]> => this.#judged.of(run, round);
    const takenBack = await journal.takenBack();
    const picked = await nextSamples({ rounds, ratings, takenBack, count, rater, judgedOf });
    const queriesOf = (round: number): Promise<readonly QueryRecord[]> => this.#store.readSamples(run, round);
    return { samples: await samplesOf(run, picked, queriesOf) };
  }

  /**
   * How far judge and people agree in some rounds; every answer of rounds in equal steps stands for all of theirs.
   * @throws SparringError of the samples and of the journal
   */
  async agreement(params: ValidParamsOf<"sparring/judge/agreement">): Promise<ResultOf<"sparring/judge/agreement">> {
    const { run, first, last, rater } = params;
    const rounds = await this.#rounds(run, first, last);
    const there = new Set(rounds);
    const isAsked = ({ round, rater: by }: Rating): boolean =>
      round >= first && round <= (last ?? round) && (rater === undefined || by === rater);
    const made = (await (await this.#journal(run)).list()).filter(isAsked);
    const ratings = blindRatings(made);
    const judged = new Map<string, JudgedAnswer>();
    for (const round of new Set(ratings.map((rating) => rating.round).filter((each) => there.has(each)))) {
      for (const answer of await this.#judged.of(run, round)) judged.set(placeOf(answer), answer);
    }
    const looked = spread(rounds, roundsRead).map((round) => this.#judged.of(run, round));
    const { unjudged, ...agreement } = await agreementOf({
      ratings,
      judged: (place) => judged.get(place),
      population: (await Promise.all(looked)).flat(),
      bands: bandsOf(rounds),
    });
    const skipped = made.filter(({ score }) => score === null).length;
    const left = { notBlind: made.length - skipped - ratings.length, skipped, unjudged };
    const compared = comparedWith(await this.#store.readRun(run));
    return { compared, ...agreement, left, health: await judgeHealth(this.#views, run, first, last) };
  }

  /** @throws SparringError `run/no-such-query`, `run/no-such-answer`, and those of the journal */
  async rate({ run, rating }: ValidParamsOf<"sparring/sample/rate">): Promise<ResultOf<"sparring/sample/rate">> {
    const { round, query, answer } = rating;
    const { answers } = await this.#reading.query(run, round, query);
    if (answer >= answers.length) throw noSuchAnswer(round, query, answer, answers.length);
    const journal = await this.#journal(run);
    return this.#changed(run, await journal.add({ ...rating, at: new Date().toISOString() }));
  }

  /** @throws SparringError `store/unknown-rating` */
  async unrate({ run, id }: ValidParamsOf<"sparring/sample/unrate">): Promise<ResultOf<"sparring/sample/unrate">> {
    return this.#changed(run, await (await this.#journal(run)).undo(id));
  }

  /** The ratings that stand. */
  async ratings({
    run,
    from,
    limit,
  }: ValidParamsOf<"sparring/rating/list">): Promise<ResultOf<"sparring/rating/list">> {
    const later = (await (await this.#journal(run)).list()).slice(from);
    const ratings = pageOf(later, limit);
    return { ratings, more: ratings.length < later.length };
  }

  /**
   * The rounds that were played, of those from `first` to `last`; a round whose samples are not there any more is passed over. One
   * that is named alone is there, or it is an error.
   */
  async #rounds(run: string, first: number, last: number | undefined): Promise<readonly number[]> {
    if (first === last) return [first];
    const [played, there] = [await this.#views.played(run), new Set(await this.#store.sampleRounds(run))];
    return played.filter((round) => round >= first && round <= (last ?? round) && there.has(round));
  }

  /** The answers of a query, or the one that is named. */
  async #named(run: string, round: number, query: number, answer: number | undefined): Promise<Candidate[]> {
    const candidates = candidatesOf(round, [await this.#reading.query(run, round, query)]);
    if (answer === undefined) return candidates;
    if (answer >= candidates.length) throw noSuchAnswer(round, query, answer, candidates.length);
    return [candidates[answer]!];
  }

  #journal(run: string): Promise<Journal<Rating>> {
    const journal = this.#journals.get(run) ?? this.#store.openRatings(run);
    this.#journals.set(run, journal);
    // A run that is not there, or a file that has to be mended, may be there the next time.
    journal.catch(() => this.#journals.delete(run));
    return journal;
  }

  #changed(run: string, ratings: number): { readonly ratings: number } {
    this.#index.note(run, { ratings });
    this.#listeners.announce("ratings", { run, ratings });
    return { ratings };
  }
}

function noSuchAnswer(round: number, query: number, answer: number, answers: number): SparringError {
  return new SparringError(
    "run/no-such-answer",
    `Query ${query} of round ${round} has no answer ${answer}.`,
    answers > 0
      ? `Choose one from 0 to ${answers - 1}.`
      : "Choose another query: this one was not admitted and got no answers.",
  );
}
