import type { CallOptions, SampleKey } from "../../engine/engine.ts";
import type { Better } from "../../selfplay/prompts/pairwise.ts";
import type { Comparer, Showing, Verdict } from "./comparer.ts";
import { agreedOn, type Duel, type DuelOptions, type Outcome } from "./duels.ts";

/** A duel, and the places whose noise its two looks take. */
export interface PlacedDuel extends Duel {
  readonly keys: readonly [oursFirst: SampleKey, theirsFirst: SampleKey];
}

/**
 * Has every duel judged twice, ours shown as A and then theirs. Only what both looks say counts; where they disagree it is a tie.
 * Answers with the same text are a tie without asking anybody. A duel with an unscored look is unscored.
 */
export async function judgeInBothOrders(
  comparer: Comparer,
  duels: readonly PlacedDuel[],
  options: CallOptions,
): Promise<Outcome[]> {
  const open = duels.filter(isOpen);
  const verdicts = open.length === 0 ? [] : await comparer.compare(open.flatMap(showingsOf), options);
  let next = 0;
  return duels.map((duel) =>
    isOpen(duel) ? outcomeOf(verdicts[next++]!, verdicts[next++]!) : { result: "tie", swapped: false },
  );
}

/** Whether there is anything to compare: a judge sees texts, and no more of an answer. */
export function isOpen({ ours, theirs }: Duel): boolean {
  return ours.answer !== theirs.answer;
}

/** Duels at places of their own, of an evaluation: two looks at one query have different noise. */
export function placed(duels: readonly Duel[], { seed = 0, at = 0 }: DuelOptions): PlacedDuel[] {
  return duels.map((duel, i) => {
    const keyOf = (look: 0 | 1): SampleKey => ({ seed, round: look, role: "judge", query: at + i, answer: 0 });
    return { ...duel, keys: [keyOf(0), keyOf(1)] };
  });
}

/** The same duel for the other side. */
export function mirrored(outcome: Outcome): Outcome {
  const said = outcome.said && { said: [outcome.said[1], outcome.said[0]] as const };
  if (outcome.result === null) return { ...outcome, ...said };
  const result = ({ win: "loss", tie: "tie", loss: "win" } as const)[outcome.result];
  return { ...outcome, ...said, result };
}

function showingsOf({ query, ours, theirs, keys: [first, second] }: PlacedDuel): [Showing, Showing] {
  return [
    { query, a: ours.answer, b: theirs.answer, key: first },
    { query, a: theirs.answer, b: ours.answer, key: second },
  ];
}

const sign: Readonly<Record<Better, number>> = { A: 1, tie: 0, B: -1 };

/** @param oursFirst the look in which we are A, @param theirsFirst that in which we are B */
function outcomeOf(oursFirst: Verdict, theirsFirst: Verdict): Outcome {
  const said = [oursFirst.rationale, theirsFirst.rationale] as const;
  if (oursFirst.better === null) return { result: null, unscored: oursFirst.unscored, said };
  if (theirsFirst.better === null) return { result: null, unscored: theirsFirst.unscored, said };
  return { ...agreedOn([sign[oursFirst.better], -sign[theirsFirst.better]]), said };
}
