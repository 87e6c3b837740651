import type { DaemonClient } from "../client/client.ts";
import { SparringError } from "../errors.ts";
import type { RunOverview } from "../protocol.ts";

/** In a list the alarms of so many newest rounds count. */
const recentRounds = 20;

/** How many alarms began with the newest rounds of runs, by id; runs without any are left out. */
export async function recentAlarms(
  client: DaemonClient,
  runs: readonly RunOverview[],
): Promise<ReadonlyMap<string, number>> {
  const counts = await Promise.all(runs.map(async (run) => [run.id, await countOf(client, run)] as const));
  return new Map(counts.filter(([, count]) => count > 0));
}

async function countOf(client: DaemonClient, { id, round }: RunOverview): Promise<number> {
  if (round === null) return 0;
  const after = Math.max(-1, round - recentRounds);
  try {
    const { rounds } = await client.request("sparring/round/list", { run: id, after, limit: recentRounds });
    return rounds.reduce((sum, { alarms = [] }) => sum + alarms.length, 0);
  } catch (error) {
    // One run whose rounds can't be read must not cost the list; `show` says what is wrong with it.
    if (error instanceof SparringError && error.code.startsWith("store/")) return 0;
    throw error;
  }
}
