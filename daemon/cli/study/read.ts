import type { DaemonClient } from "../../client/client.ts";
import type { RoundRecord } from "../../store/records.ts";
import { needsValidShare, type RunData, runData } from "../../studies/run-data.ts";
import type { StudyRun } from "./plan.ts";

/** On what the runs of a study were played; more than one of each where it was moved or updated half-way. */
export interface Provenance {
  readonly machines: readonly string[];
  readonly versions: readonly string[];
}

/** What all runs have finished, condensed, and on what they were played. */
export async function readStudy(
  client: DaemonClient,
  runs: readonly StudyRun[],
): Promise<{ readonly data: RunData[]; readonly provenance: Provenance }> {
  const data: RunData[] = [];
  const [machines, versions] = [new Set<string>(), new Set<string>()];
  for (const run of runs) {
    data.push(await readRun(client, run));
    if (!run.overview) continue;
    const { record } = await client.request("sparring/run/get", { run: run.planned.id });
    if (!record) continue;
    const { cpu = "an unnamed CPU", platform = "", threads = "?", runtime = "" } = record.fingerprint;
    const device = `${cpu} (${platform}), ${threads} ${threads === "1" ? "thread" : "threads"} a run`;
    machines.add(`${device}, ${runtime}`);
    versions.add(`Sparring ${record.versions.sparring}, Node ${record.versions.node}`);
  }
  return { data, provenance: { machines: [...machines], versions: [...versions] } };
}

async function readRun(client: DaemonClient, { planned, config, overview }: StudyRun): Promise<RunData> {
  const records = overview ? await readRounds(client, planned.id) : [];
  const rounds = config.game.rounds;
  if (config.admission.on_reject !== "off") return runData({ planned, rounds, records });
  return runData({ planned, rounds, records, valid: await validShares(client, planned.id, records) });
}

async function readRounds(client: DaemonClient, run: string): Promise<RoundRecord[]> {
  const records: RoundRecord[] = [];
  for (;;) {
    const page = await client.request("sparring/round/list", { run, after: records.at(-1)?.round ?? -1 });
    records.push(...page.rounds);
    if (!page.more) return records;
  }
}

/** Shares of queries without a flaw, of the rounds for which a study needs them; a query's reason is its flaw. */
async function validShares(
  client: DaemonClient,
  run: string,
  records: readonly RoundRecord[],
): Promise<Map<number, number>> {
  const played = records.at(-1)?.round ?? 0;
  const shares = new Map<number, number>();
  for (const { round } of records.filter((record) => needsValidShare(record.round, played))) {
    let [valid, drawn] = [0, 0];
    for (let from: number | null = 0; from !== null; ) {
      const page: { queries: { reason?: string | undefined }[]; next: number | null } = await client.request(
        "sparring/round/get",
        { run, round, from },
      );
      drawn += page.queries.length;
      valid += page.queries.filter(({ reason }) => reason === undefined).length;
      from = page.next;
    }
    if (drawn > 0) shares.set(round, valid / drawn);
  }
  return shares;
}
