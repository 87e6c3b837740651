import type { Progress, RunOverview } from "../../daemon/protocol.ts";
import { bytes, percent, roughly } from "../../daemon/text/numbers.ts";
import { label } from "../text/label.ts";
import { type Iteration, iterationText } from "./iterations.ts";
import { stateColours, stateIcons, takes } from "./states.ts";

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

/** How a run's row looks. */
export function runFace(run: RunOverview, hasForks: boolean, progress?: Progress, iteration?: Iteration): Face {
  const { id, state, round, parent } = run;
  const menus = (["pause", "resume", "stop"] as const).filter((control) => takes(control, run));
  const colour = stateColours[state];
  return {
    // VS Code keeps a row folded as it was under its id: with its first fork a run unfolds, so that the fork can be seen.
    id: `run:${id}${hasForks ? ":forked" : ""}`,
    label: label(id),
    description: describe(run, iteration),
    tooltip: factsOf(run, progress, iteration),
    icon: stateIcons[state],
    ...(colour !== undefined && { colour }),
    folds: hasForks ? "open" : round === null ? "never" : "closed",
    context: ["run", ...menus, ...(round === null ? [] : ["played"]), ...(parent ? ["fork"] : [])].join(" "),
  };
}

/** How a heading, a checkpoint or a round looks. */
export function partFace(row: Exclude<Row, { kind: "run" }>): Face {
  const id = `${row.kind}:${row.run}`;
  if (row.kind === "checkpoints") return { id, label: "Checkpoints", icon: "save", folds: "closed", context: row.kind };
  if (row.kind === "rounds")
    return { id, label: "Latest rounds", icon: "list-ordered", folds: "closed", context: "rounds" };
  const face = { id: `${id}:${row.round}`, label: `Round ${row.round}`, folds: "never", context: row.kind } as const;
  if (row.kind === "round") return { ...face, icon: "book" };
  return { ...face, icon: "archive", description: bytes(row.bytes) };
}

/** e.g. "running · 120/300 · 57.1 % → 71.0 %". */
function describe(run: RunOverview, iteration: Iteration | undefined): string {
  const { state, asked, round, rounds, accuracy, queuePlace } = run;
  const now = asked ? `${asked} asked for` : queuePlace !== undefined ? `${state}, place ${queuePlace}` : state;
  const played = round === null ? [] : [`${round}/${rounds}`];
  const iterations = iteration ? [iterationText(iteration)] : [];
  return [now, ...iterations, ...played, ...(accuracy ? [percent(accuracy.last)] : [])].join(" · ");
}

function factsOf(run: RunOverview, progress: Progress | undefined, iteration: Iteration | undefined): string {
  const { name, state, since, createdAt, algorithm, task, model, seed, round, rounds, parent, accuracy, ratings } = run;
  const place = iteration ? `${iterationText(iteration)}, ` : "";
  const lines: (string | undefined)[] = [
    name === run.id ? run.id : `${run.id}: ${name}`,
    `${state} since ${since}`,
    run.problem && `${run.problem.message} ${run.problem.next}`,
    `${algorithm} on ${task}, model ${model}, seed ${seed}`,
    round === null ? `no round of ${rounds} finished` : `${place}round ${round} of ${rounds} finished`,
    progress?.remainingSeconds != null ? `about ${roughly(progress.remainingSeconds)} left` : undefined,
    accuracy ? `held-out accuracy ${percent(accuracy.first)} → ${percent(accuracy.last)}` : undefined,
    parent && `fork of ${parent.run} at round ${parent.round}`,
    ratings === 0 ? undefined : `${ratings} ${ratings === 1 ? "rating" : "ratings"} by hand`,
    `made ${createdAt}`,
  ];
  return lines
    .filter((line) => line !== undefined)
    .map(label)
    .join("\n");
}
