import type { Config } from "../../config/schema.ts";
import type { ValidParamsOf } from "../../protocol.ts";
import type { Store } from "../../store/store.ts";
import { requireAgreement, serversOf } from "../judging/agreed-servers.ts";
import { configOf } from "../reading/run-config.ts";

/*
 * Interactive work that ends at a judge's server. Where its user has not agreed it is refused before anybody answers: that takes
 * minutes, and a judge that refuses comes last. Where a run's judges score texts of another one, both runs' users are asked.
 */

/** Of fresh answers to a stored query, which the run's judges score. @throws SparringError `run/needs-agreement`, and of `configOf` */
export async function maySendReplay(store: Store, run: string): Promise<void> {
  await requireAgreement(store, run, serversOf(await configOf(store, run)));
}

/**
 * Of two runs' answers, which the judges of the first score.
 * @param config the first run's
 * @throws SparringError `run/needs-agreement`
 */
export async function maySendComparison(store: Store, config: Config, runs: readonly string[]): Promise<void> {
  for (const run of runs) await requireAgreement(store, run, serversOf(config));
}

/**
 * Of two runs' answers to held-out tasks: a server judges them only where it judges the pairs of the run that is measured.
 * @throws SparringError `run/needs-agreement`, and of `configOf`
 */
export async function maySendEvaluation(
  store: Store,
  { run, against, judge: kind }: ValidParamsOf<"sparring/checkpoint/evaluate">,
): Promise<void> {
  if (!against || kind !== "pairwise") return;
  const config = await configOf(store, run);
  const { reward, pairwise } = config.judge;
  if (reward.kind === "pairwise" && pairwise.by === "endpoint") {
    await maySendComparison(store, config, [run, against.run]);
  }
}
