import type { VNode } from "preact";
import { fixed } from "../../shared/numbers.ts";

interface RewardDotsProps {
  /** R of each answer; null where there is none. */
  readonly rewards: readonly (number | null)[];
  readonly V: number | null;
  /** What the ends of the line stand for. */
  readonly axis: readonly [low: number, high: number];
}

const width = 88;
const inset = 5;

/** The rewards of a query's answers on a line, and their mean. Equal ones are stacked, up to six high. */
export function RewardDots({ rewards, V, axis: [low, high] }: RewardDotsProps): VNode {
  const at = (reward: number): number =>
    inset + Math.min(1, Math.max(0, (reward - low) / (high - low))) * (width - 2 * inset);
  const stacked = new Map<number, number>();
  const dots = rewards.flatMap((reward) => {
    if (reward === null) return [];
    const x = Math.round(at(reward));
    const level = stacked.get(x) ?? 0;
    stacked.set(x, level + 1);
    return level < 6 ? [{ x, y: 8 + (level % 2 === 0 ? 1 : -1) * Math.ceil(level / 2) * 2.6 }] : [];
  });
  return (
    <svg
      class="dots"
      width={width}
      height={16}
      role="img"
      aria-label={`R of the answers: ${rewards.map((R) => fixed(R)).join(", ")}`}
    >
      <path class="axis" d={`M${inset} 8H${width - inset}`} />
      {dots.map(({ x, y }) => (
        <circle cx={x} cy={y} r={2.2} />
      ))}
      {V !== null && <path class="mean" d={`M${at(V).toFixed(1)} 1V15`} />}
    </svg>
  );
}
