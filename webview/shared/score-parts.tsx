import type { VNode } from "preact";
import type { ScoredAnswer } from "../../daemon/protocol.ts";
import { sharesOf } from "../../daemon/text/why-score.ts";
import { ModelText } from "./model-text.tsx";
import { plain, signed } from "./numbers.ts";

interface ScorePartsProps {
  /** R; null: unscored. */
  readonly reward: number | null;
  readonly parts: NonNullable<ScoredAnswer["parts"]>;
}

/** What each judge of an ensemble gave, and what that adds to R. */
export function ScoreParts({ reward, parts }: ScorePartsProps): VNode {
  const shares = sharesOf(reward, parts);
  return (
    <table>
      <caption class="dim">R = Σ weight · scale · value / Σ weight, over those that scored</caption>
      <thead>
        <tr class="dim">
          <th scope="col">judge</th>
          <th scope="col">value</th>
          <th scope="col">weight</th>
          <th scope="col">scale</th>
          <th scope="col">of R</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ judge, value, unscored, weight, scale }, k) => (
          <tr key={k}>
            <th scope="row">
              <ModelText text={judge} limit={100} />
            </th>
            <td class={value === null ? "warn" : ""}>
              {value !== null ? (
                plain(value)
              ) : (
                <ModelText text={unscored === undefined ? "unscored" : `unscored: ${unscored}`} limit={200} />
              )}
            </td>
            <td>{plain(weight)}</td>
            <td>{plain(scale)}</td>
            <td>{signed(shares[k])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
