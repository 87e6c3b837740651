import type { Judgement } from "../scorer.ts";
import type { Outcome } from "./duels.ts";

/** A duel of an answer, from its side. */
export interface Met {
  /** The other answer's number in its group, from 0. */
  readonly opponent: number;
  readonly outcome: Outcome;
}

/**
 * The share of an answer's duels that it won, ties ½, over those that were judged; unscored where none was. The rationale names the
 * opponents, and has what the judge said of each with the letter under which it was shown this answer.
 */
export function winShare(met: readonly Met[]): Judgement {
  if (met.length === 0) {
    return { value: null, unscored: "there is no other answer to its query to compare it with" };
  }
  const against = (result: Outcome["result"]): number[] =>
    met.flatMap(({ opponent, outcome }) => (outcome.result === result ? [opponent] : []));
  const [won, tied, lost] = [against("win"), against("tie"), against("loss")];
  const judged = won.length + tied.length + lost.length;
  const rationale = [tally(won, tied, lost, met), ...met.flatMap(words)].join("\n");
  if (judged === 0) {
    const reasons = met.flatMap(({ outcome }) => (outcome.result === null ? [outcome.unscored] : []));
    return { value: null, unscored: `no duel was judged: ${[...new Set(reasons)].join("; ")}`, rationale };
  }
  return { value: (won.length + tied.length / 2) / judged, rationale };
}

/** E.g. "won 2 of 3: beat answers 1 and 4, tied with answer 2". */
function tally(won: readonly number[], tied: readonly number[], lost: readonly number[], met: readonly Met[]): string {
  const unjudged = met.flatMap(({ opponent, outcome }) =>
    outcome.result === null ? [`no verdict against answer ${opponent} (${outcome.unscored})`] : [],
  );
  const parts = [
    ...(won.length > 0 ? [`beat ${listed(won)}`] : []),
    ...(tied.length > 0 ? [`tied with ${listed(tied)}`] : []),
    ...(lost.length > 0 ? [`lost to ${listed(lost)}`] : []),
    ...unjudged,
  ];
  return `won ${won.length} of ${won.length + tied.length + lost.length}: ${parts.join(", ")}`;
}

/** "answer 1", "answers 1 and 4". */
function listed(answers: readonly number[]): string {
  const sorted = answers.toSorted((a, b) => a - b);
  if (sorted.length === 1) return `answer ${sorted[0]}`;
  return `answers ${sorted.slice(0, -1).join(", ")} and ${sorted.at(-1)}`;
}

function words({ opponent, outcome: { said } }: Met): string[] {
  return (said ?? []).flatMap((text, look) =>
    text ? [`against answer ${opponent}, shown as ${look === 0 ? "A" : "B"}: ${text}`] : [],
  );
}
