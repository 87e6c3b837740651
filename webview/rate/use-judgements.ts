import { useEffect, useMemo, useState } from "preact/hooks";
import type { ResultOf } from "../../daemon/protocol.ts";
import { AskError, type Connection } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import type { JudgedRating } from "./agreement.ts";
import type { Previous } from "./batch.ts";
import { type Judgement, Judgements } from "./judgements.ts";

export type Rating = ResultOf<"sparring/rating/list">["ratings"][number];

/** What is known of the run's ratings so far, and of how the judge took the same answers. */
export interface Judged {
  /** Blind ratings with a score of answers that the judge gave a self-reward. */
  readonly ratings: readonly JudgedRating[];
  /** Ratings with a score whose rater had seen the judge's; they are left out. */
  readonly notBlind: number;
  /** Rated answers that are still to be read. */
  readonly missing: number;
  /** Of the previous sample; undefined while it is not read, null where there is none. */
  readonly previous: Judgement | null | undefined;
}

/**
 * Follows the run's ratings and reads what the judge gave the rated answers.
 * @param previous the sample that was submitted last, once the daemon has its rating
 */
export function useJudgements(host: Host, connection: Connection, run: string, previous: Previous | undefined): Judged {
  const ratings = useRatings(host, connection, run);
  const [read, setRead] = useState(0);
  const judgements = useMemo(
    () =>
      new Judgements(
        (round, from) => askRound(host, run, round, from),
        () => setRead((n) => n + 1),
      ),
    [host, run],
  );
  useEffect(() => () => judgements.close(), [judgements]);
  const place = previous?.rating;
  const isConnected = connection.state === "connected";
  useEffect(() => {
    if (isConnected) judgements.want([...ratings.filter(({ score }) => score !== null), ...(place ? [place] : [])]);
  }, [isConnected, judgements, ratings, place]);
  // `read` says that there are new judgements.
  return useMemo(() => {
    const scored = firstOnes(ratings.filter(({ score }) => score !== null));
    return {
      ratings: scored.filter(({ blind }) => blind).flatMap((rating) => judged(rating, judgements.of(rating))),
      notBlind: scored.filter(({ blind }) => !blind).length,
      missing: judgements.missing,
      previous: place && judgements.of(place),
    };
  }, [ratings, judgements, place, read]);
}

/** Of an answer that a rater rated twice, the first rating: the second is for test and retest. */
function firstOnes(ratings: readonly Rating[]): Rating[] {
  const firsts = new Map<string, Rating>();
  for (const rating of ratings) {
    const name = `${rating.round}/${rating.query}/${rating.answer}/${rating.rater}`;
    if (!firsts.has(name)) firsts.set(name, rating);
  }
  return [...firsts.values()];
}

function judged({ rater, score, criteria }: Rating, judgement: Judgement | null | undefined): JudgedRating[] {
  if (score === null || !judgement || judgement.selfReward === null) return [];
  return [
    { rater, human: { score, criteria }, judge: { selfReward: judgement.selfReward, criteria: judgement.criteria } },
  ];
}

/** The ratings of a run that stand, read again when they change. */
function useRatings(host: Host, connection: Connection, run: string): readonly Rating[] {
  const [ratings, setRatings] = useState<readonly Rating[]>([]);
  const [changes, setChanges] = useState(0);
  useEffect(
    () => host.on("sparring/rating/changed", (changed) => changed.run === run && setChanges((n) => n + 1)),
    [host, run],
  );
  const isConnected = connection.state === "connected";
  // `changes` asks again.
  useEffect(() => {
    if (!isConnected) return;
    const cancel = new AbortController();
    // A list that could not be read stays as it was; the banner says that the daemon is away.
    allRatings(host, run, cancel.signal).then(setRatings, () => {});
    return () => cancel.abort();
  }, [host, run, isConnected, changes]);
  return ratings;
}

async function allRatings(host: Host, run: string, signal: AbortSignal): Promise<readonly Rating[]> {
  const ratings: Rating[] = [];
  for (;;) {
    const page = await host.ask("sparring/rating/list", { run, from: ratings.length }, { signal });
    ratings.push(...page.ratings);
    if (!page.more) return ratings;
  }
}

/** A page of a round; empty where the run's files have it no more, so that others can be read. */
async function askRound(host: Host, run: string, round: number, from: number): Promise<ResultOf<"sparring/round/get">> {
  try {
    return await host.ask("sparring/round/get", { run, round, from });
  } catch (error) {
    if (error instanceof AskError && error.problem.code.startsWith("store/")) return { queries: [], next: null };
    throw error;
  }
}
