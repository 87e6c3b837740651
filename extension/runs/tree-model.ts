import type { Alarm, Progress, RunOverview } from "../../daemon/protocol.ts";
import { bytes, percent, roughly } from "../../daemon/text/numbers.ts";
import { label } from "../text/label.ts";
import { alarmCount, isPausedByAlarm, iterationText, stateColours, stateIcons, stateText, takes } from "./states.ts";

/**
 * A row of the tree. It is what the commands of a row are called with: `run` and `round` are a `RunPlace`.
 * `checkpoints` and `rounds` are headings.
 */
export type Row =
  | { readonly kind: "run"; readonly run: string }
  | { readonly kind: "checkpoints"; readonly run: string }
  | { readonly kind: "rounds"; readonly run: string }
  | { readonly kind: "checkpoint"; readonly run: string; readonly round: number; readonly bytes: number }
  | { readonly kind: "round"; readonly run: string; readonly round: number };

/** How a row looks. */
export interface Face {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text: names in it may be a stranger's. */
  readonly tooltip?: string;
  readonly icon?: string;
  readonly colour?: string;
  readonly folds: "open" | "closed" | "never";
  /** What menus ask for, e.g. `run pause stop fork`. */
  readonly context: string;
}

/** So many of a run's newest rounds are listed. */
const listedRounds = 10;

/** Runs without a known parent, the newest first. */
export function roots(runs: readonly RunOverview[]): Row[] {
  const known = new Set(runs.map(({ id }) => id));
  return runs.filter(({ parent }) => !parent || !known.has(parent.run)).map(({ id }) => ({ kind: "run", run: id }));
}

/** What unfolds below a run: its checkpoints, its rounds, its forks. */
export function belowRun(run: RunOverview, runs: readonly RunOverview[]): Row[] {
  const forks = runs.filter(({ parent }) => parent?.run === run.id).map(({ id }): Row => ({ kind: "run", run: id }));
  if (run.round === null) return forks;
  return [{ kind: "checkpoints", run: run.id }, { kind: "rounds", run: run.id }, ...forks];
}

/** The newest rounds of a run, the newest first. */
export function latestRounds({ id, round, parent }: RunOverview): Row[] {
  if (round === null) return [];
  const first = Math.max(parent ? parent.round + 1 : 0, round - listedRounds + 1);
  const count = Math.max(0, round - first + 1);
  return Array.from({ length: count }, (_, i) => ({ kind: "round", run: id, round: round - i }));
}

/** The row that a row hangs below; undefined for one at the top. */
export function parentOf(row: Row, runs: readonly RunOverview[]): Row | undefined {
  if (row.kind === "checkpoint") return { kind: "checkpoints", run: row.run };
  if (row.kind === "round") return { kind: "rounds", run: row.run };
  if (row.kind !== "run") return { kind: "run", run: row.run };
  const parent = runs.find(({ id }) => id === row.run)?.parent;
  return parent && runs.some(({ id }) => id === parent.run) ? { kind: "run", run: parent.run } : undefined;
}

/** What a run's row shows beside the run itself. */
export interface Beside {
  readonly hasForks?: boolean;
  readonly progress?: Progress | undefined;
  /** Those that began with its newest rounds. */
  readonly alarms?: readonly Alarm[];
  /** The run that it waits for. */
  readonly holder?: RunOverview | undefined;
}

/** How a run's row looks. */
export function runFace(run: RunOverview, beside: Beside = {}): Face {
  const { hasForks = false } = beside;
  const { id, state, round, parent } = run;
  const menus = (["pause", "resume", "stop"] as const).filter((control) => takes(control, run));
  const byAlarm = isPausedByAlarm(run);
  const colour = byAlarm ? "list.warningForeground" : stateColours[state];
  return {
    // VS Code keeps a row folded as it was under its id: with its first fork a run unfolds, so that the fork can be seen.
    id: `run:${id}${hasForks ? ":forked" : ""}`,
    label: label(id),
    description: describe(run, beside),
    tooltip: factsOf(run, beside),
    icon: byAlarm ? "warning" : stateIcons[state],
    ...(colour !== undefined && { colour }),
    folds: hasForks ? "open" : round === null ? "never" : "closed",
    context: ["run", ...menus, ...(round === null ? [] : ["played"]), ...(parent ? ["fork"] : [])].join(" "),
  };
}

/**
 * How a heading, a checkpoint or a round looks.
 * @param alarms of the run, those of a round among them
 */
export function partFace(row: Exclude<Row, { kind: "run" }>, alarms: readonly Alarm[] = []): Face {
  const id = `${row.kind}:${row.run}`;
  if (row.kind === "checkpoints") return { id, label: "Checkpoints", icon: "save", folds: "closed", context: row.kind };
  if (row.kind === "rounds")
    return { id, label: "Latest rounds", icon: "list-ordered", folds: "closed", context: "rounds" };
  const face = { id: `${id}:${row.round}`, label: `Round ${row.round}`, folds: "never", context: row.kind } as const;
  if (row.kind === "round") return { ...face, ...roundFace(alarms.filter(({ round }) => round === row.round)) };
  return { ...face, icon: "archive", description: bytes(row.bytes) };
}

function roundFace(alarms: readonly Alarm[]): Pick<Face, "icon" | "description" | "tooltip"> {
  if (alarms.length === 0) return { icon: "book" };
  const tooltip = alarms.map(({ sentence }) => label(sentence)).join("\n");
  return { icon: "warning", description: alarms.map(({ kind }) => kind).join(", "), tooltip };
}

/** e.g. "running · 120/300 · 71.0 % · 2 alarms". */
function describe(run: RunOverview, { alarms = [], holder }: Beside): string {
  const { round, rounds, accuracy, iteration } = run;
  return [
    label(stateText(run, holder)),
    ...(iteration ? [iterationText(iteration)] : []),
    ...(round === null ? [] : [`${round}/${rounds}`]),
    ...(accuracy ? [percent(accuracy.last)] : []),
    ...(alarms.length > 0 ? [alarmCount(alarms.length)] : []),
  ].join(" · ");
}

function factsOf(run: RunOverview, { progress, alarms = [], holder }: Beside): string {
  const { name, state, since, createdAt, algorithm, task, model, seed, round, rounds, parent, accuracy, ratings } = run;
  const place = run.iteration ? `${iterationText(run.iteration)}, ` : "";
  const lines: (string | undefined)[] = [
    name === run.id ? run.id : `${run.id}: ${name}`,
    `${run.asked ? state : stateText(run, holder)} since ${since}`,
    run.problem && `${run.problem.message} ${run.problem.next}`,
    `${algorithm} on ${task}, model ${model}, seed ${seed}`,
    round === null ? `no round of ${rounds} finished` : `${place}round ${round} of ${rounds} finished`,
    progress?.remainingSeconds != null ? `about ${roughly(progress.remainingSeconds)} left` : undefined,
    accuracy ? `held-out accuracy ${percent(accuracy.first)} → ${percent(accuracy.last)}` : undefined,
    parent && `fork of ${parent.run} at round ${parent.round}`,
    ratings === 0 ? undefined : `${ratings} ${ratings === 1 ? "rating" : "ratings"} by hand`,
    `made ${createdAt}`,
    ...alarms.map((alarm) => `alarm, round ${alarm.round}: ${alarm.sentence}`),
  ];
  return lines
    .filter((line) => line !== undefined)
    .map(label)
    .join("\n");
}
