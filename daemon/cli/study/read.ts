import type { DaemonClient } from "../../client/client.ts";
import type { QueryRecord, RoundRecord } from "../../store/records.ts";
import type { Instrument } from "../../studies/instrument.ts";
import type { SampledValues } from "../../studies/measures.ts";
import { type RunData, runData } from "../../studies/run-data.ts";
import type { PlannedRun } from "../../studies/study.ts";
import type { StudyRun } from "./plan.ts";

/** On what the runs of a study were played; more than one of each where it was moved or updated half-way. */
export interface Provenance {
  readonly machines: readonly string[];
  readonly versions: readonly string[];
}

/** What all runs have finished, condensed, and on what they were played. */
export async function readStudy(
  client: DaemonClient,
  instrument: Instrument,
  runs: readonly StudyRun[],
): Promise<{ readonly data: RunData[]; readonly provenance: Provenance }> {
  const data: RunData[] = [];
  const [machines, versions] = [new Set<string>(), new Set<string>()];
  for (const run of runs) {
    data.push(await readRun(client, instrument, run));
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

async function readRun(
  client: DaemonClient,
  instrument: Instrument,
  { planned, config, overview }: StudyRun,
): Promise<RunData> {
  const records = overview ? await readRounds(client, planned.id) : [];
  return runData(instrument, {
    planned,
    rounds: config.game.rounds,
    records,
    problem: overview?.problem?.code,
    sampled: await readSampled(client, instrument, planned, records),
  });
}

async function readRounds(client: DaemonClient, run: string): Promise<RoundRecord[]> {
  const records: RoundRecord[] = [];
  for (;;) {
    const page = await client.request("sparring/round/list", { run, after: records.at(-1)?.round ?? -1 });
    records.push(...page.rounds);
    if (!page.more) return records;
  }
}

/** What a study reads from samples, of the rounds for which it needs them. */
async function readSampled(
  client: DaemonClient,
  instrument: Instrument,
  planned: PlannedRun,
  records: readonly RoundRecord[],
): Promise<SampledValues> {
  const played = records.at(-1)?.round ?? 0;
  const sampled = instrument.sampled.filter(({ applies }) => applies(planned.settings));
  const values = new Map(sampled.map(({ key }) => [key, new Map<number, number>()]));
  for (const record of records) {
    const wanted = sampled.filter(({ needs }) => needs(record, played));
    if (wanted.length === 0) continue;
    const queries = await readQueries(client, planned.id, record.round);
    for (const { key, of } of wanted) {
      const value = of(queries);
      if (value !== null) values.get(key)!.set(record.round, value);
    }
  }
  return values;
}

async function readQueries(client: DaemonClient, run: string, round: number): Promise<QueryRecord[]> {
  const queries: QueryRecord[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const page: { queries: QueryRecord[]; next: number | null } = await client.request("sparring/round/get", {
      run,
      round,
      from,
    });
    queries.push(...page.queries);
    from = page.next;
  }
  return queries;
}
