import type { QueryRecord } from "../../store/records.ts";
import type { Instrument, SampledMeasure } from "../instrument.ts";
import type { Measure } from "../measures.ts";
import { endsOf, notFinite } from "../run-data.ts";

/** SPIF's 1/c at its c of 1. Rewards of every algorithm are held against it. */
const bound = 1;

/** A run has diverged that lost so much: share of right answers; nat a token. */
const lostAccuracy = 0.1;
const lostLogprob = 1;

type Traits = Omit<Measure, "key" | "ofRuns" | "dispensable"> & Partial<Pick<Measure, "ofRuns">>;

const measures: Readonly<Record<string, Traits>> = {
  logprob: {
    metrics: ["eval/real_logprob"],
    label: "log π",
    about: "held-out log-likelihood of the expert's answers, nat a token",
    format: "number",
    summary: "last",
    isRare: true,
  },
  expert: {
    metrics: ["imitation/rewards/real", "imitation/rewards/chosen"],
    label: "r expert",
    about: "mean implicit reward of the expert's answers in a batch",
    format: "number",
    summary: "late",
  },
  other: {
    metrics: ["imitation/rewards/generated", "imitation/rewards/rejected"],
    label: "r other",
    about: "the same of the generated answers, or with dpo of the rejected ones",
    format: "number",
    summary: "late",
  },
  least: {
    metrics: ["imitation/rewards/min"],
    label: "least r",
    about: "least implicit reward of a batch",
    format: "number",
    summary: "least",
    ofRuns: "low",
  },
  greatest: {
    metrics: ["imitation/rewards/max"],
    label: "greatest r",
    about: "greatest implicit reward of a batch",
    format: "number",
    summary: "greatest",
    ofRuns: "high",
  },
  beyond: {
    metrics: [],
    label: "|r| > 1",
    about: "share of implicit rewards beyond 1 (SPIF's bound 1/c), from the samples of the evaluated rounds",
    format: "share",
    summary: "mean",
    isRare: true,
  },
  identical: {
    metrics: ["imitation/frac_identical"],
    label: "y′ = y",
    about: "share of pairs that are skipped because both answers are the same, token by token",
    format: "share",
    summary: "late",
  },
  tokens: {
    metrics: [],
    label: "tokens",
    about: "tokens of the differentiated answers of a step, from the samples of the evaluated rounds",
    format: "count",
    summary: "mean",
    isRare: true,
  },
  generated: {
    metrics: [],
    label: "drawn",
    about: "those of them that were generated",
    format: "count",
    summary: "mean",
    isRare: true,
  },
};

function sampled(key: string, of: SampledMeasure["of"]): SampledMeasure {
  const needs: SampledMeasure["needs"] = ({ round, metrics }) =>
    round > 0 && typeof metrics["eval/accuracy"] === "number";
  return { key, applies: () => true, needs, of };
}

/** Share of the implicit rewards beyond the bound; null where there are none, as in sft. */
export function shareBeyond(queries: readonly QueryRecord[]): number | null {
  const rewards = queries.flatMap(({ answers }) => answers.map(({ implicit }) => implicit ?? null));
  const known = rewards.filter((reward) => reward !== null);
  return known.length === 0 ? null : known.filter((reward) => Math.abs(reward) > bound).length / known.length;
}

function tokensOf(queries: readonly QueryRecord[], isGenerated: boolean): number {
  const answers = queries.flatMap((query) => query.answers.filter(({ role }) => !isGenerated || role === "generated"));
  return answers.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

/** What is looked at in imitations of data; signs of divergence as the design of the study says them. */
export const imitationInstrument: Instrument = {
  measures: Object.entries(measures).map(([key, traits], i, all) => ({
    key,
    ofRuns: "mean",
    dispensable: all.length - i,
    ...traits,
  })),
  sampled: [
    sampled("beyond", shareBeyond),
    sampled("tokens", (queries) => tokensOf(queries, false)),
    sampled("generated", (queries) => tokensOf(queries, true)),
  ],
  wrong: "divergent",
  signs: [
    {
      name: "worse",
      meaning: "accuracy 10 points or more below its start",
      // Accuracies are shares of hundreds of tasks: what differs by rounding only is the same.
      holds: ({ accuracy }) => isLost(endsOf(accuracy), lostAccuracy - 1e-9),
    },
    {
      name: "unlikely",
      meaning: "held-out log-likelihood more than 1 nat a token below its start",
      holds: ({ points }) => isLost(endsOf(points.logprob ?? []), lostLogprob),
    },
    {
      name: "not finite",
      meaning: "a loss or gradient that is no finite number ended it",
      holds: ({ problem }) => problem === notFinite,
    },
  ],
  panels: [
    { key: "accuracy", title: "Held-out accuracy", unit: "%", factor: 100 },
    { key: "logprob", title: "Held-out log-likelihood of the expert", unit: "nat a token", factor: 1 },
    { key: "expert", title: "Mean reward of the expert's answers", unit: "β·D", factor: 1 },
    { key: "other", title: "Mean reward of the generated (dpo: rejected)", unit: "β·D", factor: 1 },
    { key: "greatest", title: "Greatest reward of a batch", unit: "β·D", factor: 1 },
    { key: "least", title: "Least reward of a batch", unit: "β·D", factor: 1 },
  ],
  figureNote:
    "Rewards are those of the batch before its step, against the iteration's reference (dpo: the start); sft has none.",
};

function isLost({ start, end }: ReturnType<typeof endsOf>, most: number): boolean {
  return start !== null && end !== null && start - end > most;
}
