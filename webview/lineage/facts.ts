import { type Estimate, share } from "../../daemon/interval.ts";
import type { ResultOf } from "../../daemon/protocol.ts";

type Series = ResultOf<"sparring/round/series">;

/** A metric of a round as a row of the side panel. */
interface Row {
  readonly label: string;
  readonly metric: string;
  readonly unit: string;
  readonly digits: number;
}

const rows: readonly Row[] = [
  { label: "R, Solver", metric: "solver/reward", unit: "mean of answers", digits: 2 },
  { label: "R_Q, judge", metric: "solver/self_reward", unit: "0–7, mean", digits: 1 },
  { label: "difficulty", metric: "challenger/difficulty", unit: "1 − V, mean", digits: 2 },
  { label: "KL Solver", metric: "solver/kl_sequence", unit: "nat per answer", digits: 2 },
  { label: "KL Challenger", metric: "challenger/kl_sequence", unit: "nat per query", digits: 2 },
  { label: "length", metric: "solver/completions/mean_length", unit: "tokens per answer", digits: 1 },
];

/** What is asked of the daemon for `factsAt`. */
export const factMetrics: readonly string[] = ["eval/accuracy", "eval/tasks", ...rows.map(({ metric }) => metric)];

/** What is known of a run's weights after a round. */
export interface Facts {
  /** The newest held-out evaluation up to the round. */
  readonly heldOut: { readonly round: number; readonly estimate: Estimate; readonly tasks: number | null } | undefined;
  readonly rows: readonly (Row & { readonly value: number })[];
}

/** The facts of a round, from the run's series; a metric that the round does not have is left out. */
export function factsAt(series: Series, round: number): Facts {
  const at = series.rounds.indexOf(round);
  const metricAt = (metric: string, index: number): number | null => series.series[metric]?.[index] ?? null;
  const evaluated = series.rounds.findLastIndex(
    (each, index) => each <= round && metricAt("eval/accuracy", index) !== null,
  );
  return {
    heldOut: evaluated < 0 ? undefined : heldOut(series.rounds[evaluated]!, (metric) => metricAt(metric, evaluated)),
    rows: rows.flatMap((row) => {
      const value = at < 0 ? null : metricAt(row.metric, at);
      return value === null ? [] : [{ ...row, value }];
    }),
  };
}

/** Accuracy with Wilson's interval, where it is known over how many tasks. */
function heldOut(round: number, metricAt: (metric: string) => number | null): Facts["heldOut"] {
  const value = metricAt("eval/accuracy")!;
  const tasks = metricAt("eval/tasks");
  const estimate = tasks ? share(value * tasks, tasks) : { value, low: value, high: value };
  return { round, estimate, tasks };
}
