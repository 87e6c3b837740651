import type { RunOverview, RunState } from "../../daemon/protocol.ts";

/** A setting that a fork changed, its values as text. */
export interface Change {
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

/** A run as far as the graph shows it. Rounds count from the base model on: a fork's go on from its parent's. */
export interface LineageRun {
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly algorithm: string;
  readonly model: string;
  readonly createdAt: string;
  /** The round that it begins after: 0, or the parent's at which it was forked. */
  readonly start: number;
  /** Its last finished round; `start` before there is one. */
  readonly end: number;
  /** The last round that it will play. */
  readonly planned: number;
  readonly parent: { readonly run: string; readonly round: number } | undefined;
  /** In order. */
  readonly checkpoints: readonly { readonly round: number; readonly bytes: number }[];
  readonly changes: readonly Change[];
  /** Held-out accuracy, 0–1, where it was measured, in order of rounds. */
  readonly accuracy: readonly Measured[];
  /** What state it is in, in words. */
  readonly words: string;
}

export interface Measured {
  readonly round: number;
  readonly value: number;
}

/** What is read of a run beside its overview. */
export interface RunDetails {
  readonly checkpoints: LineageRun["checkpoints"];
  readonly changes: readonly Change[];
  readonly accuracy: readonly Measured[];
}

export const noDetails: RunDetails = { checkpoints: [], changes: [], accuracy: [] };

/** The run of an overview with its details, so far as they are read. */
export function lineageRun(overview: RunOverview, details: RunDetails): LineageRun {
  const { id, state, algorithm, model, createdAt, parent } = overview;
  const start = parent?.round ?? 0;
  const end = Math.max(start, overview.round ?? start);
  return {
    id,
    name: id,
    state,
    algorithm,
    model,
    createdAt,
    start,
    end,
    planned: Math.max(end, overview.rounds),
    parent,
    words: stateWords(overview, end),
    ...details,
  };
}

/** "running, round 312 of 500": the state with the round where it says something. */
function stateWords({ state, rounds, queuePlace, problem }: RunOverview, end: number): string {
  switch (state) {
    case "queued":
      return queuePlace === undefined ? "queued" : `queued, place ${queuePlace}`;
    case "running":
      return `running, round ${Math.min(end + 1, rounds)} of ${rounds}`;
    case "paused":
      return `paused after round ${end} of ${rounds}`;
    case "stopped":
      return `stopped after round ${end} of ${rounds}`;
    case "interrupted":
      return `interrupted, resumes at round ${end + 1}`;
    case "failed":
      return `failed after round ${end}${problem ? `: ${problem.message}` : ""}`;
    default:
      return state;
  }
}

/** Settings that a fork changed, `key → [from, to]`, as text. */
export function changesOf(changes: Readonly<Record<string, readonly [unknown, unknown]>>): Change[] {
  return Object.entries(changes).map(([key, [from, to]]) => ({ key, from: valueText(from), to: valueText(to) }));
}

/** A setting's value as it would stand in a config: exact, never rounded. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return "unset";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A run's place in the order from top to bottom. */
export interface Placed {
  readonly run: LineageRun;
  /** Forks above it up to the root. */
  readonly depth: number;
  /** Undefined for a root, and where the parent is no longer among the runs. */
  readonly parent: LineageRun | undefined;
}

/**
 * Runs in the order of their lanes: each root, then its forks, the latest fork point first, each followed by its own. A branch
 * goes down from its parent's lane at its fork's round, so it passes left of all that is forked later and crosses no lane.
 */
export function inOrder(runs: readonly LineageRun[]): Placed[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const forks = new Map<string, LineageRun[]>();
  for (const run of runs) {
    if (run.parent) forks.set(run.parent.run, [...(forks.get(run.parent.run) ?? []), run]);
  }
  const placed: Placed[] = [];
  const visit = (run: LineageRun, depth: number, parent: LineageRun | undefined): void => {
    placed.push({ run, depth, parent });
    const latestFirst = (forks.get(run.id) ?? []).toSorted((a, b) => b.start - a.start);
    for (const fork of latestFirst) visit(fork, depth + 1, run);
  };
  for (const run of runs) if (!run.parent || !byId.has(run.parent.run)) visit(run, 0, undefined);
  return placed;
}

/** A run's ancestors from the root down to it. */
export function wayTo(runs: readonly LineageRun[], id: string): LineageRun[] {
  const run = runs.find((each) => each.id === id);
  return run ? [...(run.parent ? wayTo(runs, run.parent.run) : []), run] : [];
}

/** The model that the whole line began with, once for each that there is. */
export function modelsOf(runs: readonly LineageRun[]): string[] {
  return [...new Set(runs.map(({ model }) => model))];
}
