import { createHash } from "node:crypto";
import type { ResultOf } from "../../protocol.ts";
import type { AnswerRecord, QueryRecord } from "../../store/records.ts";

/** An answer that can be rated. */
export interface Candidate {
  readonly round: number;
  readonly query: QueryRecord;
  /** Index of the answer in its group. */
  readonly index: number;
  readonly answer: AnswerRecord;
}

/** Names an answer of a run. */
export function placeOf({ round, query, answer }: { round: number; query: number; answer: number }): string {
  return `${round}/${query}/${answer}`;
}

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

/** The score that the judge gave, as a whole number on its scale 0–7, so that answers can be sorted into eight groups. */
function judged({ selfReward, reward }: AnswerRecord): number | undefined {
  if (selfReward !== null) return Math.round(selfReward);
  return reward === null ? undefined : Math.round(reward * 7);
}

/** Where answers are looked for, and for whom. */
export interface Search {
  /** In order. */
  readonly rounds: readonly number[];
  /** Places of the answers that the rater has rated. */
  readonly rated: ReadonlySet<string>;
  readonly count: number;
  readonly rater: string;
  /** Reads a round's queries; asked once for each round that is looked at. */
  readonly queriesOf: (round: number) => Promise<readonly QueryRecord[]>;
}

/**
 * Picks what one rater rates next: answers that they have not rated, spread over rounds (equal steps) and over the judge's
 * scores (of a round's answers, one of a score that was picked least so far). Ties and the order are scrambled by a hash,
 * so that they tell a blind rater nothing, and are the same when the rater comes back. [ours]
 */
export async function nextSamples({ rounds, rated, count, rater, queriesOf }: Search): Promise<Candidate[]> {
  const seen = new Set(rated);
  const scores = new Map<number | undefined, number>();
  const left = new Map<number, Candidate[]>();
  const picked: Candidate[] = [];
  // As many passes over the rounds as it takes: few rounds may have to give several answers each.
  for (let before = -1; picked.length < count && picked.length > before; ) {
    before = picked.length;
    const order = spread(rounds, count - before).sort((a, b) => scramble(`${rater}/${a}`) - scramble(`${rater}/${b}`));
    for (const round of order) {
      const all = left.get(round) ?? candidatesOf(round, await queriesOf(round));
      const candidates = all.filter((candidate) => !seen.has(nameOf(candidate)));
      left.set(round, candidates);
      const rank = ({ answer }: Candidate): number => scores.get(judged(answer)) ?? 0;
      const [next] = candidates.sort(
        (a, b) => rank(a) - rank(b) || scramble(`${rater}/${nameOf(a)}`) - scramble(`${rater}/${nameOf(b)}`),
      );
      if (!next) continue;
      scores.set(judged(next.answer), rank(next) + 1);
      seen.add(nameOf(next));
      picked.push(next);
    }
  }
  return picked;
}

function nameOf({ round, query, index }: Candidate): string {
  return placeOf({ round, query: query.index, answer: index });
}

/** The answers of a round's queries. */
export function candidatesOf(round: number, queries: readonly QueryRecord[]): Candidate[] {
  return queries.flatMap((query) => query.answers.map((answer, index) => ({ round, query, index, answer })));
}

/** An answer as its rater sees it: without anything that tells how it was scored. */
export function blindSample(
  run: string,
  { round, query, index, answer }: Candidate,
): ResultOf<"sparring/sample/next">["samples"][number] {
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
