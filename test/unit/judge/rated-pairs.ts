import type { Pair } from "../../../daemon/judge/scorer.ts";
import { pairAt } from "./pairs.ts";

/** A query with three answers that anybody would rank in this order. */
export interface RankedAnswers {
  readonly query: string;
  readonly right: string;
  /** Fluent, but false or beside the point. */
  readonly wrong: string;
  readonly gibberish: string;
}

/** Written for this test before any of them was judged. */
export const rankedAnswers: readonly RankedAnswers[] = [
  {
    query: "What is the capital of France?",
    right: "The capital of France is Paris.",
    wrong: "The capital of France is Tokyo.",
    gibberish: "frnc cap cap ital )) 9 9 the of",
  },
  {
    query: "Name three fruits.",
    right: "Three fruits are apples, bananas and oranges.",
    wrong: "Three fruits are hammers, clouds and Tuesday.",
    gibberish: "fruit frt frt # # 3 tr tr ttt",
  },
  {
    query: "What is 12 plus 30?",
    right: "12 plus 30 is 42.",
    wrong: "12 plus 30 is 7, because numbers are lazy.",
    gibberish: "plus 1 plus plus 303030 ++ = = lu",
  },
  {
    query: "How do I boil an egg?",
    right: "Put the egg into boiling water for eight minutes, then cool it under cold water and peel it.",
    wrong: "My uncle drives a red bus through the city on Sundays.",
    gibberish: "egg boi gge egg wat er er er {{ 8",
  },
  {
    query: "Write one polite sentence that declines an invitation to a party.",
    right: "Thank you so much for the invitation, but I am afraid I can't come to your party.",
    wrong: "Water freezes at a temperature of zero degrees Celsius.",
    gibberish: "party pty inv ;; no no sen tence tence ten",
  },
  {
    query: "Why should people drink enough water?",
    right: "Water keeps the body at the right temperature, carries nutrients and helps the kidneys to remove waste.",
    wrong: "People should drink water because it makes their shoes invisible.",
    gibberish: "water wat ppl peo 77 drin k k k ,, enough en",
  },
  {
    query: "What is the opposite of hot?",
    right: "The opposite of hot is cold.",
    wrong: "The opposite of hot is bicycle.",
    gibberish: "hot hto oht ^ ^ opp opp site 0",
  },
];

/** All of them as pairs to judge, three of each query in order. */
export function rankedPairs(): Pair[] {
  return rankedAnswers.flatMap(({ query, right, wrong, gibberish }, i) =>
    [right, wrong, gibberish].map((answer, j) => pairAt(query, answer, 4 * i + j)),
  );
}
