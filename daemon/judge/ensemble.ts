import type { Judgement, Scorer } from "./scorer.ts";

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
 * The weighted mean of several scorers [ours]: Σ w·s·v / Σ w over the members that scored, w the weight and s the scale. The
 * rationale has each member's part. With `rest`, pairs that only some members scored are on the scale of those; a pair that
 * none scored is unscored in any case. Members score one after the other.
 */
export function ensemble(members: readonly Member[], onMissing: OnMissing): Scorer {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const bound = (end: 0 | 1): number =>
    members.reduce((sum, { scorer, weight, scale }) => sum + weight * scale * scorer.range[end], 0) / total;
  return {
    name: `ensemble:${members.map(({ scorer }) => scorer.name).join("+")}`,
    range: [bound(0), bound(1)],
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
    figures: () => Object.assign({}, ...members.map(({ scorer }) => scorer.figures?.())),
  };
}

function together(members: readonly Member[], judgements: readonly Judgement[], onMissing: OnMissing): Judgement {
  const rationale = judgements.map((judgement, k) => part(members[k]!, judgement)).join("\n");
  const missing = judgements.flatMap((judgement, k) =>
    judgement.value === null ? [`${members[k]!.scorer.name}: ${judgement.unscored}`] : [],
  );
  if (missing.length > 0 && (onMissing === "unscored" || missing.length === members.length)) {
    return { value: null, unscored: missing.join("; "), rationale };
  }
  let [sum, weights] = [0, 0];
  for (const [k, { value }] of judgements.entries()) {
    if (value === null) continue;
    const { weight, scale } = members[k]!;
    sum += weight * scale * value;
    weights += weight;
  }
  return { value: sum / weights, rationale };
}

/** One member's part, as the rationale tells it. */
function part({ scorer, weight, scale }: Member, judgement: Judgement): string {
  const { value, rationale } = judgement;
  const said = rationale === undefined ? "" : `: ${rationale}`;
  if (value === null) return `${scorer.name} unscored (${judgement.unscored})${said}`;
  return `${scorer.name} ${short(value)} (weight ${weight}, scale ${short(scale)})${said}`;
}

function short(value: number): number {
  return Number(value.toFixed(4));
}
