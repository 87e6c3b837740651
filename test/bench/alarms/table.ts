/** Prints the tables of docs/alarms.md, and every alarm of every recorded run: `npx tsx test/bench/alarms/table.ts`. */
import { alarmTable, defaultSettings, fallOf, ring, runTable } from "./measure.ts";
import { freshFile, recordedRuns } from "./recorded.ts";

const runs = recordedRuns();
const settings = defaultSettings();
process.stdout.write(`${alarmTable(runs, settings)}\n\n`);
for (const run of runs) {
  const rung = ring(run, settings).map(({ kind, round }) => `${kind} ${round}`);
  const verdict = run.isDegenerate ? "degenerate" : "healthy";
  process.stdout.write(`${run.id} (${verdict}, fell at ${fallOf(run) ?? "–"}): ${rung.join(", ") || "no alarm"}\n`);
}
const fresh = recordedRuns(freshFile);
process.stdout.write(`\n${runTable(fresh, settings)}\n\n${alarmTable(fresh, settings)}\n`);
