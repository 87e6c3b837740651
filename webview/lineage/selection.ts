import type { EditorCommands } from "../../daemon/editor.ts";
import type { LineageRun, Placed } from "./family.ts";

/** A point of the graph: weights of a run after a round. */
export interface Point {
  readonly run: string;
  readonly round: number;
}

type Against = NonNullable<EditorCommands["sparring.compare"]["against"]>;

/** Rounds of a run that can be selected: its checkpoints and its newest round; the base, where a root has none of them yet. */
export function roundsOf(run: LineageRun): number[] {
  const rounds = new Set(run.checkpoints.map(({ round }) => round));
  if (!run.parent) rounds.add(0);
  rounds.add(run.end);
  return [...rounds].sort((a, b) => a - b);
}

/** What weights a point stands for, in the protocol's words. */
export function weightsOf(run: LineageRun, round: number): Against["weights"] {
  if (run.checkpoints.some((checkpoint) => checkpoint.round === round)) return { checkpoint: round };
  const hasOwn = run.end > run.start || run.parent !== undefined;
  return round === run.end && hasOwn ? "current" : "reference";
}

/** A point as arguments of the editor's commands: the newest weights are named by leaving the round out. */
export function placeOf(run: LineageRun, round: number): { readonly run: string; readonly round?: number } {
  return weightsOf(run, round) === "current" ? { run: run.id } : { run: run.id, round };
}

/** The point that an arrow key leads to: along the run, or to the nearest round of the next one. */
export function moved(placed: readonly Placed[], from: Point, key: string): Point {
  const at = placed.findIndex(({ run }) => run.id === from.run);
  const run = placed[at]?.run;
  if (!run) return from;
  if (key === "ArrowLeft")
    return { ...from, round: roundsOf(run).findLast((round) => round < from.round) ?? from.round };
  if (key === "ArrowRight") return { ...from, round: roundsOf(run).find((round) => round > from.round) ?? from.round };
  if (key === "Home") return { ...from, round: roundsOf(run)[0]! };
  if (key === "End") return { ...from, round: roundsOf(run).at(-1)! };
  const next = placed[at + (key === "ArrowUp" ? -1 : 1)]?.run;
  return next ? { run: next.id, round: nearest(roundsOf(next), from.round) } : from;
}

function nearest(rounds: readonly number[], to: number): number {
  return rounds.reduce((best, each) => (Math.abs(each - to) < Math.abs(best - to) ? each : best));
}

/** A point that is wanted: without a round, the run's newest. */
export interface Wanted {
  readonly run: string;
  readonly round?: number;
}

/** A point that the runs still have: a round that is gone becomes the nearest, a run that is gone the newest of the first. */
export function standing(placed: readonly Placed[], wanted: Wanted | undefined): Point | undefined {
  const run = placed.find(({ run: { id } }) => id === wanted?.run)?.run ?? placed[0]?.run;
  if (!run) return undefined;
  const round = wanted?.run === run.id ? wanted.round : undefined;
  return { run: run.id, round: round === undefined ? run.end : nearest(roundsOf(run), round) };
}
