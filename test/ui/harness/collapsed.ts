import { alarmsSchema } from "../../../daemon/config/alarms-section.ts";
import type { Alarm } from "../../../daemon/protocol.ts";
import { AlarmWatch, alarmRecord } from "../../../daemon/runs/alarms/watch.ts";
import { chartMetrics } from "../../../webview/rounds/charts/chart-specs.ts";
import { judgeOf, type RecordedRun, recordedRuns } from "../../bench/alarms/recorded.ts";
import { additionRecording, type Recording } from "./recording.ts";

/** A run of the study lsp-vs-zero that collapsed: its recorded metrics, with the alarms that its rounds ring. Its samples are another run's. */
export function collapsedRecording(id: string): Recording {
  const run = recordedRuns().find((one) => one.id === id)!;
  const base = additionRecording();
  const { length } = run.rounds;
  const overview = { ...base.details.overview, round: length - 1, rounds: length - 1 };
  const columns = chartMetrics.map((name) => [name, run.rounds.map(({ metrics }) => metrics[name] ?? null)] as const);
  return {
    ...base,
    details: { ...base.details, overview, config: { ...base.details.config, alarms: alarmsSchema.parse({}) } },
    series: { rounds: run.rounds.map(({ round }) => round), series: Object.fromEntries(columns), alarms: ringing(run) },
  };
}

/** The alarms of a recorded run, worded by the rules; no samples were recorded. */
export function ringing(run: RecordedRun): Alarm[] {
  const watch = new AlarmWatch(alarmsSchema.parse({}), judgeOf(run));
  return run.rounds.flatMap((measured) =>
    watch.accept(measured).map((alarm) => ({ ...alarmRecord(alarm, []), round: measured.round })),
  );
}
