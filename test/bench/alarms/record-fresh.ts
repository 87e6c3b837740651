/**
 * Makes the recorded runs that the alarms were measured on out of sample, from the home that play.ts played them in:
 * `npx tsx test/bench/alarms/record-fresh.ts HOME`. All that finished are recorded. Says so where the alarms that a run wrote itself are
 * not those of its record, whose metrics are rounded.
 */
import { writeFileSync } from "node:fs";
import { watchedMetrics } from "../../../daemon/runs/alarms/rules.ts";
import { Store } from "../../../daemon/store/store.ts";
import { runResult } from "../../../daemon/studies/results.ts";
import { runData } from "../../../daemon/studies/run-data.ts";
import { plannedRuns } from "../../../daemon/studies/study.ts";
import { freshRuns } from "./fresh.ts";
import { defaultSettings, ring } from "./measure.ts";
import { freshFile, packRuns, type RecordedRun, recordedRuns } from "./recorded.ts";

const home = process.argv[2];
if (home === undefined) throw new Error("say which home the runs were played in");

const rounds = 300;
const store = new Store(home);
const runs: RecordedRun[] = [];
const written = new Map<string, string>();
for (const planned of plannedRuns(freshRuns)) {
  const records = await store.readRounds(planned.id).catch(() => []);
  const { finished, signs, end } = runResult(freshRuns, runData(freshRuns.instrument, { planned, rounds, records }));
  if (!finished) continue;
  const isSelfRewarded = !planned.arm.name.startsWith("zero");
  runs.push({ id: planned.id, isDegenerate: signs.length > 0, isSelfRewarded, rounds: records });
  written.set(
    planned.id,
    records.flatMap(({ round, alarms = [] }) => alarms.map(({ kind }) => `${kind} ${round}`)).join(),
  );
  process.stdout.write(`${planned.id}: ${signs.join(", ") || "healthy"}, ends at ${end}\n`);
}
writeFileSync(freshFile, packRuns(runs, [...watchedMetrics, "eval/accuracy"]));
for (const run of recordedRuns(freshFile)) {
  const rung = ring(run, defaultSettings())
    .map(({ kind, round }) => `${kind} ${round}`)
    .join();
  if (rung !== written.get(run.id)) process.stdout.write(`${run.id} wrote ${written.get(run.id)}, not ${rung}\n`);
}
