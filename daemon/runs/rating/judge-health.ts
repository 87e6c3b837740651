import type { ResultOf } from "../../protocol.ts";
import { mean } from "../../selfplay/statistics.ts";
import type { RoundViews } from "../reading/round-views.ts";

/** Metrics of a round that tell what goes wrong in judging, all shares. */
const healthMetrics = [
  "judge/frac_unscored_reward",
  "judge/frac_unscored_self_reward",
  "judge/rubric/frac_cut",
  "judge/rubric/frac_no_verdict",
  "judge/rubric/frac_sum_differs",
];

/** What goes wrong in judging, from what the rounds from `first` to `last` recorded anyway; metrics that none has are left out. */
export async function judgeHealth(
  views: RoundViews,
  run: string,
  first: number,
  last: number | undefined,
): Promise<ResultOf<"sparring/judge/agreement">["health"]> {
  const { rounds, series } = await views.series({ run, metrics: healthMetrics, after: first - 1 });
  return healthMetrics.flatMap((metric) => {
    const values = (series[metric] ?? []).filter((_, i) => rounds[i]! <= (last ?? rounds[i]!));
    const share = mean(values.filter((value) => value !== null));
    return share === null ? [] : [{ metric, share }];
  });
}
