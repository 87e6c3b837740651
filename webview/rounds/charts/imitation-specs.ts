import { fixed, percent, plain, signed } from "../../shared/numbers.ts";
import type { Series } from "../data/series.ts";
import { type ChartSpec, type LineSpec, metricsOf } from "./chart-specs.ts";

const D = (role: string, rest: Pick<LineSpec, "subject" | "dashed" | "short">): LineSpec => ({
  metric: `imitation/log_ratio/${role}`,
  label: role,
  format: (value) => signed(value, 2),
  ...rest,
});

/** All that an imitation may measure, in the order in which the charts stand. */
const allSpecs: readonly ChartSpec[] = [
  {
    id: "loss",
    title: "Loss",
    unit: "mean of a round",
    lines: [{ metric: "imitation/loss", label: "loss", subject: "solver", format: plain }],
    limits: {},
    absent: "No rounds yet.",
  },
  {
    id: "accuracy",
    title: "Accuracy",
    unit: "share, 0–1",
    lines: [
      {
        metric: "imitation/rewards/accuracies",
        label: "pairs",
        subject: "solver",
        format: (value) => percent(value),
      },
      {
        metric: "eval/accuracy",
        label: "held-out",
        subject: "data",
        sparse: true,
        format: (value) => percent(value, 1),
      },
    ],
    limits: { min: 0, max: 1 },
    absent: "Nothing is measured yet.",
  },
  {
    id: "margin",
    title: "Margin",
    unit: "of implicit rewards r",
    lines: [
      {
        metric: "imitation/rewards/margins",
        label: "mean margin",
        short: "margin",
        subject: "solver",
        format: (value) => signed(value, 3),
      },
    ],
    band: { low: "imitation/rewards/min", high: "imitation/rewards/max", label: "all r", subject: "solver" },
    bars: { metric: "imitation/frac_beyond_bound", label: "beyond the bound" },
    limits: {},
    absent: "No rounds yet.",
  },
  {
    id: "log-ratio",
    title: "Log-ratio D",
    unit: "to the reference, nat",
    lines: [
      D("real", { subject: "data" }),
      D("chosen", { subject: "data" }),
      D("rejected", { short: "rej.", subject: "data", dashed: true }),
      D("generated", { short: "gen.", subject: "solver" }),
    ],
    limits: {},
    absent: "No rounds yet.",
  },
  {
    id: "real-logprob",
    title: "Held-out answers",
    unit: "nat a token",
    lines: [
      {
        metric: "eval/real_logprob",
        label: "real answers",
        short: "real",
        subject: "data",
        sparse: true,
        format: (value) => fixed(value, 3),
      },
    ],
    limits: {},
    absent: "No record is held out.",
  },
  {
    id: "grad-norm",
    title: "Gradient norm",
    unit: "before clipping",
    lines: [{ metric: "grad_norm", label: "norm", subject: "solver", format: (value) => plain(value) }],
    limits: {},
    absent: "No rounds yet.",
  },
];

/** The charts of an imitation: lines that its algorithm measures, once a round was played. */
export function imitationSpecs({ columns }: Series): readonly ChartSpec[] {
  const isMeasured = (metric: string): boolean => columns[metric]?.some((value) => value !== null) ?? false;
  if (!isMeasured("imitation/loss")) return allSpecs;
  return allSpecs.flatMap((spec): ChartSpec[] => {
    const lines = spec.lines.filter(({ metric }) => isMeasured(metric));
    return lines.length === 0 ? [] : [{ ...spec, lines }];
  });
}

/** All metrics that these charts show. */
export const imitationMetrics: readonly string[] = metricsOf(allSpecs);
