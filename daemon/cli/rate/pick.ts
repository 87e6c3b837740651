import { createHash } from "node:crypto";
import type { DaemonClient } from "../../client/client.ts";
import type { AnswerRecord, QueryRecord, Rating } from "../../store/records.ts";
import { allQueries } from "../samples.ts";

/** An answer that can be rated. */
export interface Candidate {
  readonly round: number;
  readonly query: QueryRecord;
  /** Index of the answer in its group. */
  readonly index: number;
  readonly answer: AnswerRecord;
}

/** Names an answer of a run. */
export function placeOf({ round, query, answer }: Pick<Rating, "round" | "query" | "answer">): string {
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

/**
 * Picks what one rater rates next: answers that they have not rated, spread over rounds (equal steps) and over the judge's
 * scores (of a round's answers, one of a score that was picked least so far). Ties and the order are scrambled by a hash,
 * so that they tell a blind rater nothing, and are the same when the rater comes back. [ours]
 */
export async function* pick(
  client: DaemonClient,
  run: string,
  options: {
    readonly rounds: readonly number[];
    readonly rated: ReadonlySet<string>;
    readonly count: number;
    readonly rater: string;
  },
): AsyncGenerator<Candidate> {
  const { rounds, rated, count, rater } = options;
  const seen = new Set(rated);
  const picked = new Map<number | undefined, number>();
  let left = count;
  // As many passes over the rounds as it takes: few rounds may have to give several answers each.
  while (left > 0) {
    const order = spread(rounds, left).sort((a, b) => scramble(`${rater}/${a}`) - scramble(`${rater}/${b}`));
    const before = left;
    for (const round of order) {
      const candidates = candidatesOf(round, await allQueries(client, run, round)).filter(
        (candidate) => !seen.has(nameOf(candidate)),
      );
      const rank = ({ answer }: Candidate): number => picked.get(judged(answer)) ?? 0;
      const [next] = candidates.sort(
        (a, b) => rank(a) - rank(b) || scramble(`${rater}/${nameOf(a)}`) - scramble(`${rater}/${nameOf(b)}`),
      );
      if (!next) continue;
      picked.set(judged(next.answer), rank(next) + 1);
      seen.add(nameOf(next));
      left--;
      yield next;
    }
    if (left === before) return;
  }
}

function nameOf({ round, query, index }: Candidate): string {
  return placeOf({ round, query: query.index, answer: index });
}

function candidatesOf(round: number, queries: readonly QueryRecord[]): Candidate[] {
  return queries.flatMap((query) => query.answers.map((answer, index) => ({ round, query, index, answer })));
}
