import type { Measure } from "../../../daemon/protocol.ts";
import type { Agreement } from "./result.ts";

/** Where a score of the judge stands in the reliability diagram, 0 to 7 on both axes. */
export interface Dot {
  /** The judge's score. */
  readonly judge: number;
  /** What people give on average. */
  readonly human: number;
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  readonly ratings: number;
  /** px: its area grows with the ratings. */
  readonly radius: number;
}

const radii = { least: 2, greatest: 4.5 };

/** The dots of a reliability diagram, and the judge's scores of which too few were rated to say anything. */
export function calibrationOf(bins: Agreement["reliability"]): {
  readonly dots: readonly Dot[];
  readonly tooFew: Agreement["reliability"];
} {
  const most = Math.max(1, ...bins.map(({ ratings }) => ratings));
  const dots = bins.flatMap(({ judge, ratings, human }): Dot[] => {
    if (human.kind === "too-few" || human.value === null) return [];
    const radius = Math.max(radii.least, radii.greatest * Math.sqrt(ratings / most));
    const interval = human.kind === "estimate" ? { low: human.low, high: human.high } : undefined;
    return [{ judge, human: human.value, interval, ratings, radius }];
  });
  return { dots, tooFew: bins.filter(({ human }) => human.kind === "too-few") };
}

/** What people give on average to answers that the judge gives this score; undefined where none was rated. */
export function calibrated(bins: Agreement["reliability"], score: number): Measure | undefined {
  return bins.find(({ judge }) => judge === Math.round(score))?.human;
}
