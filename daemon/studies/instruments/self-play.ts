import type { Instrument } from "../instrument.ts";
import type { Measure } from "../measures.ts";
import { endsOf, isLate, seriesStep } from "../run-data.ts";

function measure(
  key: string,
  metric: string,
  label: string,
  about: string,
  format: Measure["format"],
  dispensable: number,
): Measure {
  return { key, metrics: [metric], label, about, format, dispensable, summary: "late", ofRuns: "mean" };
}

/** What is looked at in games of Challenger and Solver; signs of degeneration as the design of lsp-vs-zero says them. */
export const selfPlayInstrument: Instrument = {
  measures: [
    measure(
      "admitted",
      "challenger/admitted",
      "admitted",
      "share of the drawn queries that were admitted; where everything is answered, that were valid",
      "share",
      8,
    ),
    measure(
      "difficulty",
      "challenger/difficulty",
      "difficulty",
      "1 − V: share of the answers that were wrong, 0–1",
      "number",
      7,
    ),
    measure("klSolver", "solver/kl", "KL Solver", "KL of the Solver to the start, nat a token", "number", 3),
    measure(
      "klChallenger",
      "challenger/kl",
      "KL Chall.",
      "KL of the Challenger to the start, nat a token",
      "number",
      6,
    ),
    measure(
      "distinct",
      "challenger/distinct",
      "distinct",
      "distinct admitted queries, as a share of those drawn",
      "share",
      2,
    ),
    measure(
      "bigramDistance",
      "challenger/bigram_distance",
      "bigrams",
      "mean Jaccard distance of the queries' character bigrams, 0–1; 0 where all are alike",
      "number",
      1,
    ),
    measure(
      "noContrast",
      "solver/frac_reward_zero_std",
      "flat",
      "share of the answered groups without any advantage",
      "share",
      4,
    ),
    measure(
      "correlation",
      "judge/reward_correlation",
      "R~R_Q",
      "correlation of the reward R and the self-reward R_Q over a round's answers",
      "number",
      5,
    ),
  ],
  sampled: [
    {
      // A run that answers invalid queries admits all; its metrics have those that it answered. A query's reason is its flaw.
      key: "admitted",
      applies: (settings) => settings.includes("admission.on_reject=off"),
      needs: ({ round }, played) => isLate(round, played) || (round > 0 && round % seriesStep === 0),
      of: (queries) =>
        queries.length === 0 ? null : queries.filter(({ reason }) => reason === undefined).length / queries.length,
    },
  ],
  wrong: "degenerate",
  signs: [
    {
      name: "worse",
      meaning: "accuracy below its start",
      holds: ({ accuracy }) => {
        const { start, end } = endsOf(accuracy);
        return start !== null && end !== null && end < start;
      },
    },
    {
      name: "rejected",
      meaning: "fewer than half of the queries admitted",
      holds: ({ values: { admitted = null } }) => admitted !== null && admitted < 0.5,
    },
    {
      name: "flat",
      meaning: "at least 70 % of the answered groups without contrast",
      holds: ({ values: { noContrast = null } }) => noContrast !== null && noContrast >= 0.7,
    },
    {
      name: "copies",
      meaning: "fewer than a quarter of the queries distinct",
      holds: ({ values: { distinct = null } }) => distinct !== null && distinct < 0.25,
    },
  ],
  panels: [
    { key: "accuracy", title: "Held-out accuracy", unit: "%", factor: 100 },
    { key: "admitted", title: "Queries admitted (with off: valid)", unit: "%", factor: 100, ends: [0, 100] },
    { key: "difficulty", title: "Difficulty 1 − V of what was answered", unit: "0–1", factor: 1, ends: [0, 1] },
    {
      key: "klChallenger",
      title: "KL of the Challenger to the start",
      unit: "nat a token, log",
      factor: 1,
      logFrom: 1e-3,
    },
    { key: "bigramDistance", title: "Bigram distance of the queries", unit: "0–1", factor: 1 },
    { key: "correlation", title: "Correlation of R and R_Q", unit: "−1–1", factor: 1 },
  ],
  figureNote: "Where few queries are admitted, what is measured on them is of few, and jumps.",
};
