import { resolveConfig } from "../../config/load.ts";
import { readRoundEnds } from "../../store/index/round-ends.ts";
import type { ProblemRecord, RunStatus } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { pausingProblem } from "../alarms/pausing.ts";

/**
 * Why a run was to pause itself, where its daemon ended after the round of the alarm was on disk and before the pause was; undefined where
 * it was to go on. Nobody can have looked at that alarm: who resumes a run changes its status after the round.
 * @param status of a run that was starting, running or paused, and has no problem
 * @throws SparringError where a file of the run is corrupt; ConfigError where this version can't play its config
 */
export async function lostPause(
  store: Store,
  id: string,
  { since }: Pick<RunStatus, "since">,
): Promise<ProblemRecord | undefined> {
  const { last } = await readRoundEnds(store.fs, store.dir(id));
  if (!last?.alarms || last.finishedAt < since) return undefined;
  const { game, alarms } = resolveConfig((await store.readRun(id)).config);
  // After the last round nothing is left to hold.
  return last.round < game.rounds ? pausingProblem(last, alarms) : undefined;
}
