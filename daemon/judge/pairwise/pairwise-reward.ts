import type { SampleKey } from "../../engine/engine.ts";
import type { Judgement, Pair, Scorer } from "../scorer.ts";
import { isOpen, judgeInBothOrders, mirrored, type PlacedDuel } from "./both-orders.ts";
import type { Comparer } from "./comparer.ts";
import { circulant } from "./opponents.ts";
import { type Met, winShare } from "./win-share.ts";

/** Two answers of a group, as places in the batch. */
interface Meeting {
  readonly ours: number;
  readonly theirs: number;
  readonly duel: PlacedDuel;
}

/**
 * R(q, a) in [0, 1]: the share of its duels that an answer won, ties ½ [ours]. It meets `opponents` other answers to its query
 * (`circulant`); each duel is judged in both orders and counts for both sides, so that the mean over a group is ½ where every duel
 * was judged. It says which answers of a query are better, and nothing about the query.
 */
export function pairwiseReward(comparer: Comparer, opponents: number): Scorer {
  let counts = noDuels();
  return {
    name: `pairwise:${comparer.name}`,
    range: [0, 1],
    async score(pairs, { signal, onProgress } = {}) {
      const meetings = groupsOf(pairs).flatMap((group) => meetingsIn(pairs, group, opponents));
      const outcomes = await judgeInBothOrders(
        comparer,
        meetings.map(({ duel }) => duel),
        {
          ...(signal && { signal }),
          ...(onProgress && {
            onProgress: (done, total) => onProgress(Math.floor((pairs.length * done) / total), pairs.length),
          }),
        },
      );
      const met: Met[][] = pairs.map(() => []);
      for (const [i, { ours, theirs, duel }] of meetings.entries()) {
        const outcome = outcomes[i]!;
        met[ours]!.push({ opponent: pairs[theirs]!.key.answer, outcome });
        met[theirs]!.push({ opponent: pairs[ours]!.key.answer, outcome: mirrored(outcome) });
        counts.duels++;
        if (!isOpen(duel)) counts.equal++;
        else if (outcome.result === null) counts.unscored++;
        else if (outcome.swapped) counts.swapped++;
        else if (outcome.result === "tie") counts.tied++;
      }
      return met.map((duels): Judgement => winShare(duels));
    },
    figures() {
      const { duels, equal, tied, swapped, unscored } = counts;
      counts = noDuels();
      return {
        "judge/pairwise/duels": duels,
        "judge/pairwise/equal": equal,
        "judge/pairwise/tied": tied,
        "judge/pairwise/swapped": swapped,
        "judge/pairwise/unscored": unscored,
        ...comparer.figures?.(),
      };
    },
  };
}

/**
 * Duels since this was last asked, and of those: between answers with the same text, which nobody was asked about; that both looks tied;
 * in which the looks disagreed, ties too; and without a verdict.
 */
interface DuelCounts {
  duels: number;
  equal: number;
  tied: number;
  swapped: number;
  unscored: number;
}

function noDuels(): DuelCounts {
  return { duels: 0, equal: 0, tied: 0, swapped: 0, unscored: 0 };
}

/** The places of a batch's answers, by their query. */
function groupsOf(pairs: readonly Pair[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [place, { key }] of pairs.entries()) {
    const { seed, round, query } = key;
    const name = `${seed}/${round}/${query}`;
    groups.set(name, [...(groups.get(name) ?? []), place]);
  }
  return [...groups.values()];
}

function meetingsIn(pairs: readonly Pair[], group: readonly number[], opponents: number): Meeting[] {
  // Behind the places of the answers, whose noise other judges take.
  const free = 1 + Math.max(...group.map((place) => pairs[place]!.key.answer));
  return circulant(group.length, opponents).map(([i, j], meeting): Meeting => {
    const [ours, theirs] = [group[i]!, group[j]!];
    const { query, key } = pairs[ours]!;
    const keyOf = (look: 0 | 1): SampleKey => ({ ...key, role: "judge", answer: free + 2 * meeting + look });
    return { ours, theirs, duel: { query, ours: pairs[ours]!, theirs: pairs[theirs]!, keys: [keyOf(0), keyOf(1)] } };
  });
}
