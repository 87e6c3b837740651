import { bandOf, type RoundBand } from "./bands.ts";
import type { Resampling } from "./bootstrap.ts";
import { queryOf, type RatedAnswer, type ScoredAnswer } from "./cases.ts";
import { unitsOf } from "./raters.ts";
import { strata, stratumOf } from "./strata.ts";
import { type Margin, marginOf } from "./weights.ts";

/** How the ratings of some answers stand for all of them. */
export function resamplingOf(
  rated: readonly RatedAnswer[],
  population: readonly ScoredAnswer[],
  bands: readonly RoundBand[],
): Resampling {
  const margin = (sorts: number, sortOf: (answer: ScoredAnswer) => number): Margin => {
    const answers = Array<number>(sorts).fill(0);
    for (const answer of population) answers[sortOf(answer)]!++;
    return marginOf(
      rated.map(({ answer }) => sortOf(answer)),
      answers,
    );
  };
  const margins = [
    margin(strata.length, stratumOf),
    margin(8, ({ score }) => Math.min(7, Math.max(0, Math.round(score)))),
    margin(bands.length, ({ round }) => bandOf(bands, round)),
  ];
  return { ...unitsOf(rated.map(({ answer }) => queryOf(answer))), margins };
}
