import { settingsSchema } from "../../../daemon/config/schema.ts";
import type { AlarmSettings } from "../../../daemon/runs/alarms/settings.ts";
import { AlarmWatch } from "../../../daemon/runs/alarms/watch.ts";
import { type AlarmKind, alarmKinds } from "../../../daemon/store/records.ts";
import { judgeOf, type RecordedRun } from "./recorded.ts";

/** An alarm that began in a recorded run. */
export interface Rung {
  readonly kind: AlarmKind;
  readonly round: number;
  readonly sentence: string;
}

/** The alarms of a run, as they would have begun while it was played. */
export function ring(run: RecordedRun, settings: AlarmSettings): Rung[] {
  const watch = new AlarmWatch(settings, judgeOf(run));
  return run.rounds.flatMap((record) =>
    watch.accept(record).map(({ kind, reading: { sentence } }) => ({ kind, round: record.round, sentence })),
  );
}

/** The settings of a config that says nothing about alarms. */
export function defaultSettings(): AlarmSettings {
  const settings = { model: { path: "builtin:nano" }, game: { task: "addition" }, algorithm: { name: "lsp" } };
  return settingsSchema.parse(settings).alarms;
}

/** The evaluation that first found the held-out accuracy 10 points or more below its best; undefined where none did. */
export function fallOf({ rounds }: RecordedRun): number | undefined {
  let best = 0;
  for (const { round, metrics } of rounds) {
    const accuracy = metrics["eval/accuracy"] ?? null;
    if (accuracy === null) continue;
    best = Math.max(best, accuracy);
    // Both are thousandths, of which binary fractions differ by a hair more or less.
    if (Math.round(1000 * (best - accuracy)) >= 100) return round;
  }
  return undefined;
}

/** Begins as zero.1, is degenerate there, and recovers by itself: it is neither. */
const neither = "lsp-vs-zero.zero-long.1";

/** The table of docs/alarms.md: how often each alarm was false, and how early. */
export function alarmTable(runs: readonly RecordedRun[], settings: AlarmSettings): string {
  const counted = runs.filter(({ id }) => id !== neither);
  const rung = new Map(counted.map((run) => [run, ring(run, settings)]));
  const healthy = counted.filter(({ isDegenerate }) => !isDegenerate);
  const degenerate = counted.filter(({ isDegenerate }) => isDegenerate);
  const falling = counted.filter((run) => fallOf(run) !== undefined);
  const row = (name: string, counts: (kind: AlarmKind) => boolean): string => {
    const first = (run: RecordedRun): number | undefined => rung.get(run)!.find(({ kind }) => counts(kind))?.round;
    const ringing = (some: readonly RecordedRun[]): number => some.filter((run) => first(run) !== undefined).length;
    const leads = falling.flatMap((run) => {
      const round = first(run);
      return round !== undefined && round < fallOf(run)! ? [fallOf(run)! - round] : [];
    });
    const cells = [
      name,
      `${ringing(healthy)} of ${healthy.length}`,
      `${ringing(degenerate)} of ${degenerate.length}`,
      `${leads.length} of ${falling.length}`,
      leads.length === 0 ? "–" : `${middle(leads)} (${Math.min(...leads)} – ${Math.max(...leads)})`,
    ];
    return `| ${cells.join(" | ")} |`;
  };
  return [
    "| alarm | rang in healthy runs | rang in degenerate runs | rang before the fall | rounds before it: median (range) |",
    "|---|---:|---:|---:|---:|",
    ...alarmKinds.map((kind) => row(kind, (other) => other === kind)),
    row("**any**", () => true),
  ].join("\n");
}

/** A line for each run: its alarms with their first rounds, the fall, and how long before it the first one rang. */
export function runTable(runs: readonly RecordedRun[], settings: AlarmSettings): string {
  const rows = runs.map((run) => {
    const [, arm, seed] = run.id.split(".");
    const rung = ring(run, settings);
    const fall = fallOf(run);
    const alarms = rung.map(({ kind, round }) => `${kind} ${round}`).join(", ") || "none";
    const lead = fall === undefined || rung.length === 0 ? "–" : fall - rung[0]!.round;
    const end = run.isDegenerate ? "degenerate" : "healthy";
    return `| ${[arm, seed, run.rounds.length - 1, end, alarms, fall ?? "–", lead].join(" | ")} |`;
  });
  return [
    "| arm | seed | rounds | at its end | alarms, with the round that each began in | the fall | lead |",
    "|---|---:|---:|---|---|---:|---:|",
    ...rows,
  ].join("\n");
}

/** The median; of two middles their mean. */
function middle(values: readonly number[]): number {
  const inOrder = values.toSorted((a, b) => a - b);
  const last = inOrder.length - 1;
  return (inOrder[Math.floor(last / 2)]! + inOrder[Math.ceil(last / 2)]!) / 2;
}
