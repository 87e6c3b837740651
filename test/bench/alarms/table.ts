/** Prints the table of docs/alarms.md, and every alarm of every recorded run: `npx tsx test/bench/alarms/table.ts`. */
import { alarmTable, defaultSettings, fallOf, ring } from "./measure.ts";
import { recordedRuns } from "./recorded.ts";

const runs = recordedRuns();
const settings = defaultSettings();
process.stdout.write(`${alarmTable(runs, settings)}\n\n`);
for (const run of runs) {
  const rung = ring(run, settings).map(({ kind, round }) => `${kind} ${round}`);
  const verdict = run.isDegenerate ? "degenerate" : "healthy";
  process.stdout.write(`${run.id} (${verdict}, fell at ${fallOf(run) ?? "–"}): ${rung.join(", ") || "no alarm"}\n`);
}
