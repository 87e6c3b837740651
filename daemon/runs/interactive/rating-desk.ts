import { SparringError } from "../../errors.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { RunIndex } from "../../store/index/run-index.ts";
import type { Journal } from "../../store/journal.ts";
import type { QueryRecord, Rating } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import type { Listeners } from "../control/listeners.ts";
import { pageOf } from "../control/pages.ts";
import type { Reading } from "../control/reading.ts";
import type { RoundViews } from "../control/round-views.ts";
import { blindSample, type Candidate, candidatesOf, nextSamples, placeOf } from "./next-samples.ts";

/** Takes ratings by hand. Each is on disk before it is acknowledged. */
export class RatingDesk {
  readonly #store: Store;
  readonly #index: RunIndex;
  readonly #reading: Reading;
  readonly #views: RoundViews;
  readonly #listeners: Listeners;
  readonly #journals = new Map<string, Promise<Journal<Rating>>>();

  constructor(store: Store, index: RunIndex, reading: Reading, views: RoundViews, listeners: Listeners) {
    this.#store = store;
    this.#index = index;
    this.#reading = reading;
    this.#views = views;
    this.#listeners = listeners;
  }

  /**
   * Answers that a rater has not rated yet, without their scores.
   * @throws SparringError `run/no-such-query`, `run/no-such-answer` where `only` names none
   */
  async next(params: ValidParamsOf<"sparring/sample/next">): Promise<ResultOf<"sparring/sample/next">> {
    const { run, rater, count, first, last, only } = params;
    const made = await (await this.#journal(run)).list();
    const rated = new Set(made.filter((rating) => rating.rater === rater).map(placeOf));
    if (only) {
      const named = await this.#named(run, first, only.query, only.answer);
      const left = named.filter(
        ({ query, index }) => !rated.has(placeOf({ round: first, query: query.index, answer: index })),
      );
      return { samples: left.slice(0, count).map((candidate) => blindSample(run, candidate)) };
    }
    const rounds = await this.#rounds(run, first, last);
    const queriesOf = (round: number): Promise<readonly QueryRecord[]> => this.#store.readSamples(run, round);
    const picked = await nextSamples({ rounds, rated, count, rater, queriesOf });
    return { samples: picked.map((candidate) => blindSample(run, candidate)) };
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
