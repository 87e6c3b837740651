import type { DaemonClient } from "../../client/client.ts";
import { SparringError } from "../../errors.ts";
import type { Rating } from "../../store/records.ts";
import type { Candidate } from "./pick.ts";

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
export async function findAnswer(
  client: DaemonClient,
  run: string,
  place: { readonly round: number; readonly query: number; readonly answer: number },
): Promise<Candidate> {
  const { round, query: index, answer } = place;
  const { queries } = await client.request("sparring/round/get", { run, round, from: index });
  const query = queries.find((each) => each.index === index);
  const found = query?.answers[answer];
  if (query && found) return { round, query, index: answer, answer: found };
  throw new SparringError(
    "cli/no-such-answer",
    query
      ? `Query ${index} of round ${round} has ${query.answers.length} answers, counted from 0; there is no answer ${answer}.`
      : `Round ${round} has no query ${index}.`,
    `Run \`sparring show ${run} --samples ${round}\`, which shows its queries and answers.`,
  );
}
