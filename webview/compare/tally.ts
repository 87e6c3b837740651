import type { Tally } from "../../daemon/interval.ts";
import type { Pick } from "../../daemon/protocol.ts";
import { nameOf, type Sides } from "./sides.ts";

/** How choices ended, seen from the first side. */
export function tallyOf(choices: readonly Pick["choice"][]): Tally {
  const of = (choice: Pick["choice"]): number => choices.filter((each) => each === choice).length;
  return { wins: of("first"), ties: of("tie"), losses: of("second") };
}

/** The choices between these two sides among all picks of a run, also those made with the sides the other way round. */
export function choicesBetween(picks: readonly Omit<Pick, "id">[], sides: Sides): Pick["choice"][] {
  const [first, second] = sides.map(nameOf);
  return picks.flatMap(({ sides: [a, b], choice }) => {
    if (nameOf(a!) === first && nameOf(b!) === second) return [choice];
    if (nameOf(a!) !== second || nameOf(b!) !== first) return [];
    return [choice === "tie" ? "tie" : choice === "first" ? "second" : "first"];
  });
}
