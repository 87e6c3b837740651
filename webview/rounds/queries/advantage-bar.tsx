import type { VNode } from "preact";
import { signed } from "../../shared/numbers.ts";

interface AdvantageBarProps {
  readonly advantage: number;
  /** The advantage that fills half of the bar. */
  readonly full: number;
  readonly subject: "solver" | "challenger";
  /** Places of the number. */
  readonly digits?: number;
}

const half = 24;

/** An advantage as a bar to the right or left of zero, and as a number. */
export function AdvantageBar({ advantage, full, subject, digits }: AdvantageBarProps): VNode {
  const length = Math.min(1, Math.abs(advantage) / full) * half;
  return (
    <span class="advantage">
      <svg width={2 * half} height={10} aria-hidden="true">
        <rect class={subject} x={advantage < 0 ? half - length : half} y={1} width={length} height={8} />
        <path class="zero" d={`M${half} 0V10`} />
      </svg>
      <span class="num">{signed(advantage, digits)}</span>
    </span>
  );
}
