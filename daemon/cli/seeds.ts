import { duration, percent, points } from "../text/numbers.ts";
import type { Colours } from "./text/colours.ts";
import { padStart } from "./text/fit.ts";
import type { RunSummary } from "./watch/summary.ts";

/** The mean of several runs of one config. */
export interface SeedsMean {
  /** Held-out accuracies, null where a run has none. */
  readonly before: number | null;
  readonly after: number | null;
  readonly seconds: number;
  readonly rounds: number;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Means over at least one run; no run is left out. */
export function meanOfSeeds(runs: readonly RunSummary[]): SeedsMean {
  return {
    before: mean(runs.map(({ before }) => before)),
    after: mean(runs.map(({ after }) => after)),
    seconds: mean(runs.map(({ seconds }) => seconds))!,
    rounds: mean(runs.map(({ rounds }) => rounds))!,
  };
}

/** A row for every seed, and their mean. */
export function seedsTable(runs: readonly RunSummary[], colours: Colours): string[] {
  const widths = [6, 9, 9, 8, 8];
  const row = (...cells: string[]) => cells.map((cell, i) => padStart(cell, widths[i]!)).join("");
  const line = (name: string, { before, after, seconds }: SeedsMean) => {
    const change = before === null || after === null ? null : after - before;
    return row(name, percent(before), percent(after), points(change), duration(seconds));
  };
  return [
    "",
    colours.bold(row("seed", "before", "after", "points", "time")),
    ...runs.map((run) => line(String(run.seed), run)),
    colours.bold(line("mean", meanOfSeeds(runs))),
  ];
}
