import { createHash } from "node:crypto";
import { type JudgedAnswer, type Place, placeOf } from "../../judge/agreement/cases.ts";
import { nextPicks, type Pick } from "../../judge/agreement/queue.ts";
import type { ResultOf } from "../../protocol.ts";
import type { AnswerRecord, QueryRecord, Rating } from "../../store/records.ts";
import { blindRatings } from "./blind-ratings.ts";

/** Answers of so many rounds stand for all of a run's. */
export const roundsRead = 32;

/**
 * `count` of some rounds, in equal steps from the first to the last.
 * @param rounds in order
 */
export function spread(rounds: readonly number[], count: number): number[] {
  if (rounds.length <= count) return [...rounds];
  return Array.from({ length: count }, (_, i) => rounds[Math.floor(((i + 0.5) * rounds.length) / count)]!);
}

/** A number that is the same for a text on every day, and tells nothing of it: 0 ≤ n < 2³². */
function scramble(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE();
}

/** Where answers are looked for, and for whom. */
export interface Search {
  /** In order. */
  readonly rounds: readonly number[];
  /** All ratings of the run that stand. */
  readonly ratings: readonly Rating[];
  /** Ratings that were taken back. */
  readonly takenBack: readonly Rating[];
  readonly count: number;
  readonly rater: string;
  /** How the judges took a round's answers. */
  readonly judgedOf: (round: number) => Promise<readonly JudgedAnswer[]>;
}

/**
 * Picks what one rater rates next (`judge/agreement/queue.ts`) from rounds in equal steps; from others only when all answers of
 * those are rated. Rounds of which answers were rated are read, too.
 */
export async function nextSamples({ rounds, ratings, takenBack, count, rater, judgedOf }: Search): Promise<Pick[]> {
  const asked = new Set(rounds);
  const blind = blindRatings(ratings).filter(({ round }) => asked.has(round));
  const judged = new Map<string, JudgedAnswer>();
  for (const round of new Set(blind.map((rating) => rating.round))) {
    for (const answer of await judgedOf(round)) judged.set(placeOf(answer), answer);
  }
  const seen = new Map<string, number>();
  const see = (place: Place): void => void seen.set(placeOf(place), (seen.get(placeOf(place)) ?? 0) + 1);
  // Of what they took back the rater may have seen the judge's scores, which a panel shows with every rating.
  for (const rating of [...ratings, ...takenBack]) if (rating.rater === rater) see(rating);
  const picked: Pick[] = [];
  for (let left = rounds; left.length > 0 && picked.length < count; ) {
    const looked = spread(left, roundsRead);
    const population = (await Promise.all(looked.map(judgedOf))).flat();
    const input = { rounds, population, judged: (place: string) => judged.get(place), ratings: blind, rater, scramble };
    const more = nextPicks({ ...input, seen, count: count - picked.length });
    for (const pick of more) see(pick);
    picked.push(...more);
    const done = new Set(looked);
    left = left.filter((round) => !done.has(round));
  }
  return picked;
}

/** An answer that can be rated. */
export interface Candidate {
  readonly round: number;
  readonly query: QueryRecord;
  /** Index of the answer in its group. */
  readonly index: number;
  readonly answer: AnswerRecord;
}

/** The answers of a round's queries. */
export function candidatesOf(round: number, queries: readonly QueryRecord[]): Candidate[] {
  return queries.flatMap((query) => query.answers.map((answer, index) => ({ round, query, index, answer })));
}

/** Picked answers with their texts, as their rater sees them. @param queriesOf asked once for each round */
export async function samplesOf(
  run: string,
  picks: readonly Pick[],
  queriesOf: (round: number) => Promise<readonly QueryRecord[]>,
): Promise<BlindSample[]> {
  const rounds = [...new Set(picks.map(({ round }) => round))];
  const queries = new Map(await Promise.all(rounds.map(async (round) => [round, await queriesOf(round)] as const)));
  return picks.map(({ round, query: index, answer, reason }) => {
    const query = queries.get(round)!.find((each) => each.index === index)!;
    return { ...blindSample(run, { round, query, index: answer, answer: query.answers[answer]! }), reason };
  });
}

type BlindSample = ResultOf<"sparring/sample/next">["samples"][number];

/** An answer as its rater sees it: without anything that tells how it was scored. */
export function blindSample(run: string, { round, query, index, answer }: Candidate): BlindSample {
  return {
    run,
    round,
    query: query.index,
    answer: index,
    queryText: query.text,
    answerText: answer.text,
    tokens: answer.tokens.length,
    stop: answer.stop,
  };
}
