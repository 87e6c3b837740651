import type { Tally } from "../../interval.ts";
import type { Judgement, Pair, Scorer } from "../scorer.ts";

/** What one side answered, and why it ended. */
export type Answer = Pick<Pair, "answer" | "stop">;

/** Two answers to one query. */
export interface Duel {
  readonly query: string;
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** How duels are judged. */
export interface DuelOptions {
  readonly signal?: AbortSignal;
  /** Keys the noise of a judge that draws its replies. */
  readonly seed?: number;
  /** Place of the first of these duels among all: each has noise of its own. */
  readonly at?: number;
}

/** How a duel ended for us, or why it can't be said. */
export type Outcome = (
  | { readonly result: "win" | "tie" | "loss" /** The two looks disagreed. */; readonly swapped: boolean }
  | { readonly result: null; readonly unscored: string }
) & {
  /** What a judge that compares said, shown ours first and theirs first. */
  readonly said?: readonly [string | undefined, string | undefined];
};

/**
 * Judges duels twice, with positions swapped: ours first, then theirs first. Only what both looks say counts; where they disagree
 * it is a tie. Equal answers are a tie without asking anybody. A duel with an unscored answer is unscored. A judge that draws
 * its replies has other noise in each look, on each side.
 * @param looks who judges in the first order, and in the second
 */
export async function judgeDuels(
  [oursFirst, theirsFirst]: readonly [Scorer, Scorer],
  duels: readonly Duel[],
  { signal, seed = 0, at = 0 }: DuelOptions = {},
): Promise<Outcome[]> {
  const open = duels.flatMap((duel, i) => (isEven(duel) ? [] : [{ duel, query: at + i }]));
  const options = signal ? { signal } : {};
  const pair = (look: 0 | 1, side: "ours" | "theirs", { duel, query }: (typeof open)[number]): Pair => {
    const key = { seed, round: look, role: "judge", query, answer: side === "ours" ? 0 : 1 } as const;
    return { query: duel.query, ...duel[side], duplicate: false, key };
  };
  const first = await oursFirst.score(
    open.flatMap((each) => [pair(0, "ours", each), pair(0, "theirs", each)]),
    options,
  );
  const second = await theirsFirst.score(
    open.flatMap((each) => [pair(1, "theirs", each), pair(1, "ours", each)]),
    options,
  );
  let next = 0;
  return duels.map((duel) => {
    if (isEven(duel)) return { result: "tie", swapped: false };
    const i = 2 * next++;
    return outcomeOf([first[i]!, first[i + 1]!], [second[i + 1]!, second[i]!]);
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
  return agreedOn(signs);
}

/**
 * What all looks at a duel agree on, a tie where they don't: the swap of positions of Zheng et al. (arXiv 2306.05685) [summary].
 * @param signs a look each: above 0 we won it, below we lost it
 */
export function agreedOn(signs: readonly number[]): Outcome {
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
