import type { Tally } from "./interval.ts";
import type { Judgement, Pair, Scorer } from "./scorer.ts";

/** What one side answered, and why it ended. */
export type Answer = Pick<Pair, "answer" | "stop">;

/** Two answers to one query. */
export interface Duel {
  readonly query: string;
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** How a duel ended for us, or why it can't be said. */
export type Outcome =
  | { readonly result: "win" | "tie" | "loss" /** The two looks disagreed. */; readonly swapped: boolean }
  | { readonly result: null; readonly unscored: string };

/**
 * Judges duels twice, with positions swapped: ours first, then theirs first. Only what both looks say counts; where they disagree
 * it is a tie. Equal answers are a tie without asking anybody. A duel with an unscored answer is unscored.
 * @param looks who judges in the first order, and in the second: for a judge that draws its replies, with other noise
 */
export async function judgeDuels(
  [oursFirst, theirsFirst]: readonly [Scorer, Scorer],
  duels: readonly Duel[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<Outcome[]> {
  const open = duels.filter((duel) => !isEven(duel));
  const pair = ({ query }: Duel, { answer, stop }: Answer): Pair => ({ query, answer, stop, duplicate: false });
  const first = await oursFirst.score(
    open.flatMap((duel) => [pair(duel, duel.ours), pair(duel, duel.theirs)]),
    options,
  );
  const second = await theirsFirst.score(
    open.flatMap((duel) => [pair(duel, duel.theirs), pair(duel, duel.ours)]),
    options,
  );
  let next = 0;
  return duels.map((duel) => {
    if (isEven(duel)) return { result: "tie", swapped: false };
    const at = 2 * next++;
    return outcomeOf([first[at]!, first[at + 1]!], [second[at + 1]!, second[at]!]);
  });
}

function isEven({ ours, theirs }: Duel): boolean {
  return ours.answer === theirs.answer && ours.stop === theirs.stop;
}

/** @param looks our judgement and theirs, once an order */
function outcomeOf(...looks: readonly (readonly [ours: Judgement, theirs: Judgement])[]): Outcome {
  const signs: number[] = [];
  for (const [ours, theirs] of looks) {
    if (ours.value === null) return { result: null, unscored: ours.unscored };
    if (theirs.value === null) return { result: null, unscored: theirs.unscored };
    signs.push(Math.sign(ours.value - theirs.value));
  }
  const swapped = signs.some((sign) => sign !== signs[0]);
  if (swapped || signs[0] === 0) return { result: "tie", swapped };
  return { result: signs[0]! > 0 ? "win" : "loss", swapped };
}

/** Outcomes counted. Unscored duels count nowhere else. */
export interface DuelTally extends Tally {
  readonly swapped: number;
  readonly unscored: number;
}

/** Counts outcomes. */
export function tallyOf(outcomes: readonly Outcome[]): DuelTally {
  const count = (isOne: (outcome: Outcome) => boolean): number => outcomes.filter(isOne).length;
  return {
    wins: count(({ result }) => result === "win"),
    ties: count(({ result }) => result === "tie"),
    losses: count(({ result }) => result === "loss"),
    swapped: count((outcome) => outcome.result !== null && outcome.swapped),
    unscored: count(({ result }) => result === null),
  };
}
