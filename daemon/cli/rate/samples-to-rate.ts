import type { DaemonClient } from "../../client/client.ts";
import type { ResultOf } from "../../protocol.ts";

/** An answer to be rated, without its scores. */
export type SampleToRate = ResultOf<"sparring/sample/next">["samples"][number];

/** The daemon picks so many at once. */
const mostAtOnce = 100;

/**
 * Answers that a rater has not rated yet, asked for as they are needed: those of a batch are rated before the next one is picked.
 * @param options.round only answers of this round
 */
export async function* samplesToRate(
  client: DaemonClient,
  run: string,
  options: { readonly rater: string; readonly count: number; readonly round: number | undefined },
): AsyncGenerator<SampleToRate> {
  const { rater, round } = options;
  const rounds = round === undefined ? {} : { first: round, last: round };
  for (let left = options.count; left > 0; ) {
    const asked = { run, rater, count: Math.min(left, mostAtOnce), ...rounds };
    const { samples } = await client.request("sparring/sample/next", asked);
    if (samples.length === 0) return;
    yield* samples;
    left -= samples.length;
  }
}
