import type { Rating } from "../data/records.ts";

/** What people gave on average to answers of neighbouring rounds. */
export interface PeopleMark {
  /** Mean round of the rated answers. */
  readonly round: number;
  readonly mean: number;
  readonly ratings: number;
}

/** Mean ratings over at most `groups` stretches of equal length between two rounds; skipped answers don't count. */
export function peopleMarks(ratings: readonly Rating[], first: number, last: number, groups = 8): PeopleMark[] {
  const bins = Array.from({ length: groups }, () => ({ rounds: 0, scores: 0, ratings: 0 }));
  for (const { round, score } of ratings) {
    if (score === null || round < first || round > last) continue;
    const share = last > first ? (round - first) / (last - first) : 0;
    const bin = bins[Math.min(groups - 1, Math.floor(share * groups))]!;
    bin.rounds += round;
    bin.scores += score;
    bin.ratings++;
  }
  return bins
    .filter((bin) => bin.ratings > 0)
    .map((bin) => ({
      round: bin.rounds / bin.ratings,
      mean: bin.scores / bin.ratings,
      ratings: bin.ratings,
    }));
}
