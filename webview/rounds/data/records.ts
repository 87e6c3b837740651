import type { ResultOf } from "../../../daemon/protocol.ts";

/** Everything about a run but its rounds. */
export type RunDetails = ResultOf<"sparring/run/get">;

/** A query with its answers. */
export type QueryRecord = ResultOf<"sparring/round/get">["queries"][number];

export type AnswerRecord = QueryRecord["answers"][number];

/** A person's rating of one answer. */
export type Rating = ResultOf<"sparring/rating/list">["ratings"][number];

/** A round's queries, in the order in which they were written. */
export interface PlayedRound {
  readonly round: number;
  readonly queries: readonly QueryRecord[];
}
