import { createHash } from "node:crypto";
import type { CallOptions } from "../../engine/engine.ts";
import { mean, rankCorrelation } from "../../selfplay/statistics.ts";
import type { Flaw, Judgement, Pair, Scorer } from "../scorer.ts";

/** How the reference is asked for the seven criteria: it writes a verdict [paper], or the probabilities of Yes are read [ours]. */
export type RubricMode = "generate" | "criterion-logits";

/** One that is asked for the seven criteria in a game. */
export interface Rubric {
  readonly mode: RubricMode;
  /** Some pairs of a round are scored in the other mode, too, in the same units. */
  readonly comparison: { readonly other: Scorer; readonly pairs: number } | undefined;
}

/** What is looked at of a judgement of the rubric, or of its part in an ensemble's. */
export type RubricJudgement = Pick<Judgement, "value" | "flaw">;

/** A rubric with what it said of all pairs of a round, in its own mode. */
export interface AskedRubric extends Rubric {
  readonly judgements: readonly RubricJudgement[];
}

type Metrics = Record<string, number | null>;

/**
 * What a round tells of the rubric: what was wrong with its replies, where it is asked in words, and how well its two modes
 * agree, where they are compared. Replies of two that are asked in words, the reference and a server, are counted together.
 */
export async function rubricMetrics(
  rubrics: readonly AskedRubric[],
  pairs: readonly Pair[],
  options: CallOptions,
): Promise<Metrics> {
  const inWords = rubrics.filter(({ mode }) => mode === "generate");
  let metrics = inWords.length > 0 ? flawMetrics(inWords.flatMap(({ judgements }) => judgements)) : {};
  for (const rubric of rubrics) metrics = { ...metrics, ...(await comparisonMetrics(rubric, pairs, options)) };
  return metrics;
}

async function comparisonMetrics(
  { mode, comparison, judgements }: AskedRubric,
  pairs: readonly Pair[],
  options: CallOptions,
): Promise<Metrics> {
  if (!comparison) return {};
  const chosen = chosenPairs(pairs, comparison.pairs);
  const ours = chosen.map((i) => judgements[i]!);
  const theirs = await comparison.other.score(
    chosen.map((i) => pairs[i]!),
    options,
  );
  const [generate, logits] = mode === "generate" ? [ours, theirs] : [theirs, ours];
  return modeAgreement(generate, logits, comparison.other.range[1]);
}

/**
 * Shares of replies that were cut, and that ended without a verdict; and of the verdicts, those whose `<Calculation>` adds up to
 * something else than their `<Score>`.
 */
export function flawMetrics(judgements: readonly RubricJudgement[]): Metrics {
  const share = (flaw: Flaw, among: readonly RubricJudgement[]): number | null =>
    mean(among.map((each) => (each.flaw === flaw ? 1 : 0)));
  const scored = judgements.filter(({ value }) => value !== null);
  return {
    "judge/rubric/frac_cut": share("cut", judgements),
    "judge/rubric/frac_no_verdict": share("no-verdict", judgements),
    "judge/rubric/frac_sum_differs": share("sum-differs", scored),
  };
}

/**
 * How well both modes agree on the same pairs, on the scale 0–7 and over pairs that both scored: `both`, their number;
 * `mean_difference`, criterion-logits minus generate; `spearman`, whether they order the pairs alike; `same_rounded`, the share
 * of equal whole scores. And how many pairs each left unscored.
 * @param best the value of seven met criteria
 */
export function modeAgreement(
  generate: readonly RubricJudgement[],
  logits: readonly RubricJudgement[],
  best: number,
): Metrics {
  const scores = generate.flatMap(({ value: words }, i): [number, number][] => {
    const probable = logits[i]!.value;
    return words === null || probable === null ? [] : [[(7 * words) / best, (7 * probable) / best]];
  });
  const unscored = (judgements: readonly RubricJudgement[]): number =>
    judgements.filter(({ value }) => value === null).length;
  return {
    "judge/modes/both": scores.length,
    "judge/modes/mean_difference": mean(scores.map(([words, probable]) => probable - words)),
    "judge/modes/spearman": rankCorrelation(scores),
    "judge/modes/same_rounded": mean(scores.map(([words, probable]) => (words === Math.round(probable) ? 1 : 0))),
    "judge/modes/unscored_generate": unscored(generate),
    "judge/modes/unscored_criterion_logits": unscored(logits),
  };
}

/**
 * Which pairs are scored in both modes, as their places in rising order: those with the smallest hash of their key. So they
 * are spread over the round, other ones in each round, and the same when the round is played again.
 */
export function chosenPairs(pairs: readonly Pair[], count: number): number[] {
  const hashes = pairs.map(({ key: { seed, round, query, answer } }) =>
    createHash("sha256").update(`${seed}/${round}/${query}/${answer}`).digest("hex"),
  );
  return [...pairs.keys()]
    .sort((a, b) => (hashes[a]! < hashes[b]! ? -1 : 1))
    .slice(0, count)
    .sort((a, b) => a - b);
}
