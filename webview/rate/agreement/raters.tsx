import type { VNode } from "preact";
import { ModelText } from "../../shared/model-text.tsx";
import { counted, fixed, percent } from "../../shared/numbers.ts";
import { MeasureTable } from "./measure-table.tsx";
import { measureText } from "./measure-text.ts";
import type { Agreement } from "./result.ts";

const share = (value: number): string => percent(value);
const two = (value: number): string => fixed(value);

/** How far people agree with themselves and with one another, folded: it bounds what a judge could reach. */
export function Raters({ raters: { retest, pairs, alpha } }: Pick<Agreement, "raters">): VNode | null {
  if (retest.length + pairs.length === 0) return null;
  return (
    <details class="raters">
      <summary>
        <b>People among themselves</b>{" "}
        <span class="s dim">
          {alpha.answers > 0
            ? `Krippendorff's α over ${counted(alpha.answers, "answer")} that several rated: ${measureText(alpha.measure, two)}`
            : "one rater, some answers twice"}
        </span>
      </summary>
      <MeasureTable
        caption="How far people agree with themselves and with one another"
        head={["raters", "answers", "same score", "weighted κ"]}
        rows={[
          ...retest.map(({ rater, answers, same, kappa }) => [
            <>
              <ModelText text={rater} limit={60} />, again later
            </>,
            String(answers),
            measureText(same, share),
            measureText(kappa, two),
          ]),
          ...pairs.map(({ raters: [one, other], answers, same, kappa }) => [
            <>
              <ModelText text={one} limit={60} /> and <ModelText text={other} limit={60} />
            </>,
            String(answers),
            measureText(same, share),
            measureText(kappa, two),
          ]),
        ]}
      />
    </details>
  );
}
