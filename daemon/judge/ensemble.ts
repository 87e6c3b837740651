import { figuresOf } from "./figures.ts";
import type { Judgement, Part, Scorer } from "./scorer.ts";

/** One scorer of an ensemble. */
export interface Member {
  readonly scorer: Scorer;
  /** How much it has to say. Above 0. */
  readonly weight: number;
  /** Multiplies its values, so that scorers of different ranges can be added. Above 0. */
  readonly scale: number;
}

/** What an unscored member means: the pair is unscored, or the rest judges with its own weights. */
export type OnMissing = "unscored" | "rest";

/**
 * The weighted mean of several scorers [ours]: Σ w·s·v / Σ w over the members that scored, w the weight and s the scale. A
 * judgement has each member's part, and its rationale what each of them says. With `rest`, pairs that only some members scored
 * are on the scale of those; a pair that none scored is unscored in any case. Members score one after the other.
 */
export function ensemble(members: readonly Member[], onMissing: OnMissing): Scorer {
  return {
    name: `ensemble:${members.map(({ scorer }) => scorer.name).join("+")}`,
    range: rangeOf(members, onMissing),
    async score(pairs, options) {
      const columns: Judgement[][] = [];
      for (const { scorer } of members) columns.push(await scorer.score(pairs, options));
      return pairs.map((_, i) =>
        together(
          members,
          columns.map((column) => column[i]!),
          onMissing,
        ),
      );
    },
    figures: () => figuresOf(members.map(({ scorer }) => scorer)),
  };
}

/** Between which values the mean lies. With `rest` any one member may decide alone. */
function rangeOf(members: readonly Member[], onMissing: OnMissing): [low: number, high: number] {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const ends = (end: 0 | 1): number[] => members.map(({ scorer, scale }) => scale * scorer.range[end]);
  if (onMissing === "rest") return [Math.min(...ends(0)), Math.max(...ends(1))];
  const bound = (end: 0 | 1): number => ends(end).reduce((sum, each, k) => sum + members[k]!.weight * each, 0) / total;
  return [bound(0), bound(1)];
}

function together(members: readonly Member[], judgements: readonly Judgement[], onMissing: OnMissing): Judgement {
  const parts = judgements.map((judgement, k) => partOf(members[k]!, judgement));
  const said = judgements.flatMap(({ rationale }, k) =>
    rationale === undefined ? [] : `${parts[k]!.judge}: ${rationale}`,
  );
  const words = { parts, ...(said.length > 0 && { rationale: said.join("\n") }) };
  const missing = parts.filter(({ value }) => value === null);
  if (missing.length > 0 && (onMissing === "unscored" || missing.length === members.length)) {
    const unscored = missing.map(({ judge, unscored: reason }) => `${judge}: ${reason}`).join("; ");
    return { value: null, unscored, ...words };
  }
  let [sum, weights] = [0, 0];
  for (const { value, weight, scale } of parts) {
    if (value === null) continue;
    sum += weight * scale * value;
    weights += weight;
  }
  return { value: sum / weights, ...words };
}

function partOf({ scorer: { name, range }, weight, scale }: Member, judgement: Judgement): Part {
  const [low, high] = range.map((bound) => (Number.isFinite(bound) ? bound : null));
  return {
    judge: name,
    value: judgement.value,
    ...(judgement.value === null && { unscored: judgement.unscored }),
    ...(judgement.flaw && { flaw: judgement.flaw }),
    weight,
    scale,
    low: low!,
    high: high!,
  };
}
