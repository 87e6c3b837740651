import type { RoundRecord } from "../store/records.ts";
import { fixed, percent, signed } from "../text/numbers.ts";

type Row = readonly [label: string, text: string];

/** What was wrong with a judge's replies in words; undefined where it was not asked for any, or nothing was. */
export function replyFigures({ metrics }: RoundRecord): Row | undefined {
  const parts = [
    [metrics["judge/rubric/frac_cut"], "cut at the token limit"],
    [metrics["judge/rubric/frac_no_verdict"], "without a verdict"],
    [metrics["judge/rubric/frac_sum_differs"], "of the verdicts with another sum than their score"],
  ] as const;
  const told = parts.flatMap(([share, what]) => (share ? [`${percent(share, 0)} ${what}`] : []));
  return told.length === 0 ? undefined : ["Judge's replies", told.join(", ")];
}

/** How the duels of a round were judged; undefined where no pairs were compared. */
export function pairFigures({ metrics }: RoundRecord): Row | undefined {
  const count = (name: string): number => metrics[`judge/pairwise/${name}`] ?? 0;
  const [duels, equal, swapped, unscored] = [count("duels"), count("equal"), count("swapped"), count("unscored")];
  if (duels === 0) return undefined;
  const facts = [
    `${duels} duels`,
    ...(equal > 0 ? [`${equal} between equal answers, which nobody judged`] : []),
    ...(swapped > 0 ? [`${swapped} tied because the judge disagreed with itself when positions were swapped`] : []),
    ...(unscored > 0 ? [`${unscored} without a verdict`] : []),
  ];
  return ["Judge's pairs", facts.join(", ")];
}

/** How well the two modes of the rubric agree; undefined where the round did not compare them. */
export function modeFigures({ metrics }: RoundRecord): Row | undefined {
  const value = (name: string): number | null => metrics[`judge/modes/${name}`] ?? null;
  const [both, byWords, byLogits] = [value("both"), value("unscored_generate"), value("unscored_criterion_logits")];
  if (both === null) return undefined;
  const [difference, spearman, same] = [value("mean_difference"), value("spearman"), value("same_rounded")];
  const facts = [
    `${both} answers scored by generate and by criterion-logits`,
    `${byWords} and ${byLogits} left unscored`,
    ...(difference === null ? [] : [`criterion-logits minus generate ${signed(2)(difference)} of 7`]),
    ...(spearman === null ? [] : [`rank correlation ${fixed(2)(spearman)}`]),
    ...(same === null ? [] : [`${percent(same, 0)} the same when rounded`]),
  ];
  return ["Judge's modes", facts.join(", ")];
}
