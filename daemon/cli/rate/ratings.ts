import type { DaemonClient } from "../../client/client.ts";
import { SparringError } from "../../errors.ts";
import type { AnswerRecord, QueryRecord, Rating } from "../../store/records.ts";

/** Where an answer stands in a run. */
export type Place = Pick<Rating, "round" | "query" | "answer">;

/** The ratings of a run that stand. */
export async function allRatings(client: DaemonClient, run: string): Promise<Rating[]> {
  const ratings: Rating[] = [];
  for (;;) {
    const page = await client.request("sparring/rating/list", { run, from: ratings.length });
    ratings.push(...page.ratings);
    if (!page.more) return ratings;
  }
}

/**
 * The answer at a place of a round.
 * @throws SparringError `cli/no-such-answer`
 */
export async function findAnswer(client: DaemonClient, run: string, place: Place): Promise<AnswerRecord> {
  return (await findQuery(client, run, place)).answers[place.answer]!;
}

/**
 * The query at a place of a round, which has the answer there.
 * @throws SparringError `cli/no-such-answer`
 */
export async function findQuery(client: DaemonClient, run: string, place: Place): Promise<QueryRecord> {
  const { round, query: index, answer } = place;
  const { queries } = await client.request("sparring/round/get", { run, round, from: index });
  const query = queries.find((each) => each.index === index);
  if (query?.answers[answer]) return query;
  throw new SparringError(
    "cli/no-such-answer",
    query
      ? `Query ${index} of round ${round} has ${query.answers.length} answers, counted from 0; there is no answer ${answer}.`
      : `Round ${round} has no query ${index}.`,
    `Run \`sparring show ${run} --samples ${round}\`, which shows its queries and answers.`,
  );
}
