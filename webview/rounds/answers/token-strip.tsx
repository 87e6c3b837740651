import type { VNode } from "preact";
import { memo } from "../../shared/memo.ts";
import type { Heat } from "./heat.ts";

interface TokenStripProps {
  readonly heat: readonly Heat[];
  /** The most tokens that an answer can have: as wide as the strip. */
  readonly limit: number;
  readonly label: string;
}

const width = 148;

/** One cell a token on a fixed scale, so that it shows length too. Cells that share a pixel show the strongest. */
export const TokenStrip = memo(function TokenStrip({ heat, limit, label }: TokenStripProps): VNode {
  const cell = Math.min(7, width / Math.max(1, limit, heat.length));
  const cells = cell >= 1 ? heat : merged(heat, Math.ceil(heat.length * cell));
  const size = cell >= 1 ? cell : 1;
  return (
    <svg class="strip" width={width} height={8} role="img" aria-label={label}>
      <rect class="extent" x={0} y={0} width={(cells.length * size).toFixed(1)} height={8} />
      {cells.map(({ strength, below }, index) =>
        strength < 0.04 ? null : (
          <rect
            class={below ? "below" : ""}
            x={(index * size).toFixed(2)}
            y={below ? 4 : 0}
            width={size.toFixed(2)}
            height={below ? 4 : 8}
            fill-opacity={(0.15 + 0.85 * strength).toFixed(2)}
          />
        ),
      )}
    </svg>
  );
});

/** The strongest of each stretch. */
function merged(heat: readonly Heat[], cells: number): Heat[] {
  return Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * heat.length) / cells);
    const to = Math.max(from + 1, Math.floor(((cell + 1) * heat.length) / cells));
    return heat.slice(from, to).reduce((most, one) => (one.strength > most.strength ? one : most));
  });
}
