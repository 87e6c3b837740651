import { criteria } from "../../selfplay/prompts/self-reward.ts";
import { wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";

/** The seven criteria as a rater sees them, a point each: the same that a judging model is told. */
export function criteriaLines({ columns }: Style): string[] {
  return [
    "A score is the number of these that are met:",
    ...criteria.flatMap(({ index, sentence }) => {
      const [first = "", ...rest] = wrap(sentence, columns, "     ");
      return [`  ${index}${first.slice(3)}`, ...rest];
    }),
  ];
}
