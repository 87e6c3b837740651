import { bandsOf } from "../../../daemon/judge/agreement/bands.ts";
import { placeOf } from "../../../daemon/judge/agreement/cases.ts";
import { agreementOf } from "../../../daemon/judge/agreement.ts";
import type { Method, ParamsOf, ResultOf } from "../../../daemon/protocol.ts";
import { blindRatings } from "../../../daemon/runs/rating/blind-ratings.ts";
import { judgedAnswers } from "../../../daemon/runs/rating/judged-rounds.ts";
import { overview } from "./overview.ts";
import { earlierRatings, perRound, type Query, queryRecord, type Rating, texts, unjudged } from "./rated-run.ts";

type Sample = ResultOf<"sparring/sample/next">["samples"][number];

type RunKind = "game" | "unjudged" | "imitation";

interface RatingDaemonOptions {
  readonly rounds?: number;
  readonly rated?: number;
  readonly kind?: RunKind;
}

/** A daemon with one run whose samples can be rated, in memory. */
export class RatingDaemon {
  /** Ratings that stand. */
  ratings: Rating[];
  /** What was asked, in order. */
  readonly asked: { readonly method: Method; readonly params: unknown }[] = [];
  /** While true, every request fails. */
  isAway = false;
  /** How many rounds have samples. */
  readonly rounds: number;
  /** What the run is: a game with a self-reward, one whose judge scores nothing, or an imitation. */
  readonly kind: RunKind;
  /** Told when ratings have changed, as all clients of a daemon are. */
  onRatings: () => void = () => {};

  /** @param options.rated so many ratings there are already, by three raters */
  constructor({ rounds = 40, rated = 0, kind = "game" }: RatingDaemonOptions = {}) {
    this.rounds = rounds;
    this.ratings = earlierRatings(rated);
    this.kind = kind;
  }

  answer(method: Method, params: unknown): unknown {
    this.asked.push({ method, params });
    if (this.isAway) throw new Error("the daemon is away");
    switch (method) {
      case "sparring/run/get":
        return {
          overview: overview({ id: "lsp-main", round: this.rounds, rounds: 500, ratings: this.ratings.length }),
          config: this.kind === "imitation" ? { imitation: { data: "pairs.jsonl" } } : {},
        };
      case "sparring/sample/next":
        return { samples: this.#next(params as ParamsOf<"sparring/sample/next">) };
      case "sparring/sample/rate": {
        const { rating } = params as ParamsOf<"sparring/sample/rate">;
        if (!this.ratings.some(({ id }) => id === rating.id))
          this.ratings.push({ ...rating, at: "2026-11-21T10:00:00Z" });
        this.onRatings();
        return { ratings: this.ratings.length };
      }
      case "sparring/sample/unrate": {
        const { id } = params as ParamsOf<"sparring/sample/unrate">;
        this.ratings = this.ratings.filter((rating) => rating.id !== id);
        this.onRatings();
        return { ratings: this.ratings.length };
      }
      case "sparring/rating/list":
        return { ratings: this.ratings.slice((params as ParamsOf<"sparring/rating/list">).from ?? 0), more: false };
      case "sparring/round/get": {
        const { round, from = 0 } = params as ParamsOf<"sparring/round/get">;
        return { queries: this.#queries(round).slice(from), next: null };
      }
      case "sparring/judge/agreement":
        return this.#agreement(params as ParamsOf<"sparring/judge/agreement">);
      default:
        throw new Error(`this daemon has no answer to ${method}`);
    }
  }

  #reason(query: number): string {
    return this.kind === "game" ? reasons[query % reasons.length]! : "the judge gave it no score";
  }

  #queries(round: number): Query[] {
    const queries = texts.map((_, index) => queryRecord(round, index));
    return this.kind === "game" ? queries : queries.map(unjudged);
  }

  /** Computed as the daemon does, from the ratings that stand. */
  async #agreement({ rater }: ParamsOf<"sparring/judge/agreement">): Promise<ResultOf<"sparring/judge/agreement">> {
    const made = this.ratings.filter((rating) => rater === undefined || rating.rater === rater);
    const ratings = blindRatings(made);
    const rounds = Array.from({ length: this.rounds }, (_, i) => i + 1);
    const population = rounds.flatMap((round) => judgedAnswers(round, this.#queries(round)));
    const byPlace = new Map(population.map((answer) => [placeOf(answer), answer]));
    const { unjudged: without, ...agreement } = await agreementOf({
      ratings,
      judged: (place) => byPlace.get(place),
      population,
      bands: bandsOf(rounds),
    });
    const skipped = made.filter(({ score }) => score === null).length;
    return {
      compared: "The self-reward is compared with people's scores.",
      ...agreement,
      left: { notBlind: made.length - skipped - ratings.length, skipped, unjudged: without },
      health:
        this.kind === "game"
          ? [
              { metric: "judge/rubric/frac_cut", share: 0.004 },
              { metric: "judge/rubric/frac_no_verdict", share: 0.012 },
              { metric: "judge/rubric/frac_sum_differs", share: 0.031 },
            ]
          : [],
    };
  }

  #next({ rater, count = 20, only, first = 1 }: ParamsOf<"sparring/sample/next">): Sample[] {
    const isRated = (sample: Sample): boolean =>
      this.ratings.some(
        (rating) =>
          rating.rater === rater &&
          rating.round === sample.round &&
          rating.query === sample.query &&
          rating.answer === sample.answer,
      );
    const all = Array.from({ length: this.rounds * perRound }, (_, i) =>
      sampleOf(this.rounds - Math.floor(i / perRound), i % perRound),
    );
    return all
      .filter((sample) => !isRated(sample))
      .filter((sample) => !only || (sample.round === first && sample.query === only.query))
      .map((sample): Sample => (only ? sample : { ...sample, reason: this.#reason(sample.query) }))
      .slice(0, count);
  }
}

function sampleOf(round: number, query: number): Sample {
  const [queryText, answerText] = texts[query]!;
  return {
    run: "lsp-main",
    round,
    query,
    answer: 0,
    queryText,
    answerText,
    tokens: Math.ceil(answerText.length / 4),
    stop: query === 7 ? "length" : "stop",
  };
}

/** As `judge/agreement/queue.ts` words them. */
const reasons = [
  "scorers disagree on it (which way is hidden) · its quarter of the rounds has 4 ratings · a rating like it narrows the intervals by about 0.31 %",
  "the judge is unsure of it · its quarter of the rounds has 11 ratings · a rating like it narrows the intervals by about 0.22 %",
];
