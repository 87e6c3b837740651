import { fixed, percent } from "../../shared/numbers.ts";
import { type RewardRange, rangeText, unitRange } from "../data/reward-range.ts";

/** Who a line is about: it decides colour and mark. `data`: what people or a verifier gave. */
export type Subject = "solver" | "challenger" | "data";

/** A metric of rounds.jsonl as a line. */
export interface LineSpec {
  readonly metric: string;
  readonly label: string;
  /** Its name in front of the value at the cursor, where that is shorter. */
  readonly short?: string;
  readonly subject: Subject;
  readonly dashed?: true;
  /** Has values at some rounds only: these are marked and joined. */
  readonly sparse?: true;
  readonly format: (value: number) => string;
}

/** A chart over rounds. */
export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  /** What is measured, with its unit. */
  readonly unit: string;
  readonly lines: readonly LineSpec[];
  /** Shaded between two metrics. */
  readonly band?: { readonly low: string; readonly high: string; readonly label: string; readonly subject: Subject };
  /** A share of 1, drawn as bars at the bottom, and told beside the values. */
  readonly bars?: { readonly metric: string; readonly label: string };
  /** A value beyond which an alarm rings, as a dashed line. */
  readonly threshold?: { readonly value: number; readonly label: string };
  /** People's mean rating, where there are ratings. */
  readonly people?: true;
  /** Values outside don't exist. */
  readonly limits: { readonly min?: number; readonly max?: number };
  /** Why there may be nothing to draw. */
  readonly absent: string;
}

const two = (value: number): string => fixed(value, 2);

/**
 * The panel's charts, in the order in which they stand; the answers' token limit is part of a unit.
 * @param range of R, and so of V
 */
export function chartSpecs(answerLimit: number | undefined, range: RewardRange = unitRange): readonly ChartSpec[] {
  const isUnit = range.low === 0 && range.high === 1;
  return [
    {
      id: "reward",
      title: "Solver reward",
      unit: `R, ${rangeText(range)}`,
      lines: [{ metric: "solver/reward", label: "R, mean of a round", short: "R", subject: "solver", format: two }],
      limits: { min: range.low ?? undefined, max: range.high ?? undefined },
      absent: "No rewards yet.",
    },
    {
      id: "self-reward",
      title: "Self-reward",
      unit: "R_Q, 0–7 points",
      lines: [{ metric: "solver/self_reward", label: "judge", subject: "solver", format: two }],
      people: true,
      limits: { min: 0, max: 7 },
      absent: "This run has no self-reward.",
    },
    {
      id: "difficulty",
      title: "Difficulty",
      unit: "1 − V; held-out accuracy",
      lines: [
        {
          metric: "challenger/difficulty",
          label: "queries, mean",
          short: "queries",
          subject: "challenger",
          format: two,
        },
        {
          metric: "eval/accuracy",
          label: "held-out",
          subject: "solver",
          sparse: true,
          format: (value) => percent(value, 1),
        },
      ],
      band: {
        low: "challenger/difficulty_p10",
        high: "challenger/difficulty_p90",
        label: "10–90 % of queries",
        subject: "challenger",
      },
      limits: isUnit ? { min: 0, max: 1 } : {},
      absent: "No queries yet.",
    },
    {
      id: "kl",
      title: "KL to reference",
      unit: "nat a sequence",
      lines: [
        { metric: "challenger/kl_sequence", label: "Challenger", subject: "challenger", format: two },
        { metric: "solver/kl_sequence", label: "Solver", subject: "solver", format: two },
      ],
      limits: {},
      absent: "No rounds yet.",
    },
    {
      id: "queries",
      title: "Queries",
      unit: "share of those proposed",
      lines: [
        {
          metric: "challenger/admitted",
          label: "admitted",
          subject: "challenger",
          format: (value) => percent(value),
        },
        {
          metric: "challenger/bigram_distance",
          label: "diversity, bigram distance",
          short: "diversity",
          subject: "challenger",
          dashed: true,
          format: two,
        },
      ],
      limits: { min: 0, max: 1 },
      absent: "No queries yet.",
    },
    {
      id: "length",
      title: "Answer length",
      unit: answerLimit === undefined ? "tokens" : `tokens, limit ${answerLimit}`,
      lines: [
        {
          metric: "solver/completions/mean_length",
          label: "mean",
          subject: "solver",
          format: (value) => fixed(value, 1),
        },
      ],
      bars: { metric: "solver/completions/clipped_ratio", label: "clipped" },
      limits: { min: 0, max: answerLimit },
      absent: "No answers yet.",
    },
  ];
}

/** The metrics of some charts. */
export function metricsOf(specs: readonly ChartSpec[]): string[] {
  return specs.flatMap(({ lines, band, bars }) => [
    ...lines.map(({ metric }) => metric),
    ...(band ? [band.low, band.high] : []),
    ...(bars ? [bars.metric] : []),
  ]);
}

/** All metrics that the charts of a game of rewards show: what is asked of `round/series`. */
export const chartMetrics: readonly string[] = metricsOf(chartSpecs(undefined));
