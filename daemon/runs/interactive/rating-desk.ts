import { SparringError } from "../../errors.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { RunIndex } from "../../store/index/run-index.ts";
import type { RatingsJournal } from "../../store/ratings.ts";
import type { Store } from "../../store/store.ts";
import type { Listeners } from "../control/listeners.ts";
import { pageOf } from "../control/pages.ts";
import type { Reading } from "../control/reading.ts";

/** Takes ratings by hand. Each is on disk before it is acknowledged. */
export class RatingDesk {
  readonly #store: Store;
  readonly #index: RunIndex;
  readonly #reading: Reading;
  readonly #listeners: Listeners;
  readonly #journals = new Map<string, Promise<RatingsJournal>>();

  constructor(store: Store, index: RunIndex, reading: Reading, listeners: Listeners) {
    this.#store = store;
    this.#index = index;
    this.#reading = reading;
    this.#listeners = listeners;
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

  #journal(run: string): Promise<RatingsJournal> {
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
