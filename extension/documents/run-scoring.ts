import { z } from "zod";
import type { ResultOf } from "../../daemon/protocol.ts";
import { type Scoring, scoringOf } from "../../daemon/text/why-score.ts";

/** What of a run's config decides about its advantages. */
const scoringConfig = z.object({
  algorithm: z.object({ name: z.string(), normalization: z.string() }),
  judge: z.object({ self_reward: z.object({ scale: z.number() }) }),
});

/** How a run came to its scores and advantages. */
export function runScoring({ config, record }: Pick<ResultOf<"sparring/run/get">, "config" | "record">): Scoring {
  return scoringOf(scoringConfig.parse(config), record?.judges);
}
