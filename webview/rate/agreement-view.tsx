import type { Ref, VNode } from "preact";
import { ModelText } from "../shared/model-text.tsx";
import { count, counted, percent, signed } from "../shared/numbers.ts";
import { type Agreement, agreementOf, fewestRatings, type Share, scoreTable } from "./agreement.ts";
import { criterionNames } from "./criteria.ts";
import type { Judged } from "./use-judgements.ts";

interface AgreementViewProps {
  readonly judged: Judged;
  readonly rater: string;
  readonly section: Ref<HTMLElement>;
}

/** How far judge and people agree so far: counts and means, no intervals. */
export function AgreementView({ judged, rater, section }: AgreementViewProps): VNode {
  const all = agreementOf(judged.ratings);
  const own = agreementOf(judged.ratings.filter((rating) => rating.rater === rater));
  return (
    <section class="agreement" ref={section} aria-label="Agreement">
      <div class="head">
        <h2>Agreement, judge and people</h2>
        <span class="s dim">
          {counted(all.ratings, "blind rating")} of judged answers by {counted(all.raters, "rater")}, all rounds; plain
          counts
          {judged.notBlind > 0 && `; ${judged.notBlind} not blind left out`}
          {judged.missing > 0 && `; ${counted(judged.missing, "answer")} still to be read`}
        </span>
      </div>
      <div class="three">
        <Summary
          rows={[
            [<ModelText text={rater} limit={40} />, own],
            ["all raters", all],
          ]}
        />
        <PerCriterion agreement={all} />
        <Scores judged={judged} />
      </div>
    </section>
  );
}

function Summary({ rows }: { readonly rows: readonly (readonly [VNode | string, Agreement])[] }): VNode {
  return (
    <table class="summary">
      <thead>
        <tr>
          <th scope="col">raters</th>
          <th scope="col" class="num">
            ratings
          </th>
          <th scope="col" class="num">
            same criteria
          </th>
          <th scope="col" class="num">
            same score
          </th>
          <th scope="col" class="num">
            judge − human
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, agreement]) => (
          <tr>
            <th scope="row" class="ell">
              {name}
            </th>
            <td class="num dim">{count(agreement.ratings)}</td>
            {agreement.ratings < fewestRatings ? (
              <td class="num dim" colSpan={3}>
                too few: {agreement.ratings} of {fewestRatings}
              </td>
            ) : (
              <>
                <td class="num">{shareText(agreement.criteria, 7 * fewestRatings)}</td>
                <td class="num">{shareText(agreement.score, fewestRatings)}</td>
                <td class="num">{signed(agreement.difference)}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shareText({ equal, of }: Share, fewest: number): string {
  return of < fewest ? "too few" : percent(equal / of);
}

/** The share of equal answers to each criterion, as dots on one axis. */
function PerCriterion({ agreement }: { readonly agreement: Agreement }): VNode {
  return (
    <table class="per-criterion">
      <caption>
        <b>Same answer, per criterion</b> <span class="s dim">all raters</span>
      </caption>
      <tbody>
        {agreement.perCriterion.map(({ equal, of }, index) => (
          <tr>
            <td class="nr dim">{index + 1}</td>
            <th scope="row" class="ell">
              {criterionNames[index]}
            </th>
            {of < fewestRatings ? (
              <td colSpan={2} class="dim num s">
                too few: {of} of {fewestRatings}
              </td>
            ) : (
              <>
                <td class="track">
                  <svg width="84" height="12" viewBox="-4 0 92 12" aria-hidden="true">
                    <path class="axis" d="M0 6H84M0 2v8M42 2v8M84 2v8" />
                    <circle class="dot" cx={(84 * equal) / of} cy="6" r="3" />
                  </svg>
                </td>
                <td class="num">{percent(equal / of)}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Counts of every pair of scores: on the diagonal judge and people agree. */
function Scores({ judged }: { readonly judged: Judged }): VNode {
  const counts = scoreTable(judged.ratings);
  const most = Math.max(1, ...counts.flat());
  const scores = counts.map((_, score) => score);
  return (
    <table class="score-table">
      <caption>
        <b>Scores</b> <span class="s dim">ratings at each pair, judge across, people up</span>
      </caption>
      <tbody>
        {scores.toReversed().map((human) => (
          <tr>
            <th scope="row">{human}</th>
            {scores.map((judge) => (
              <Cell n={counts[judge]![human]!} most={most} equal={judge === human} />
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td />
          {scores.map((judge) => (
            <th scope="col">{judge}</th>
          ))}
        </tr>
      </tfoot>
    </table>
  );
}

function Cell(props: { readonly n: number; readonly most: number; readonly equal: boolean }): VNode {
  const { n, most, equal } = props;
  return (
    <td class={equal ? "equal" : ""}>
      {n > 0 && <i style={{ opacity: 0.12 + 0.3 * (n / most) }} aria-hidden="true" />}
      <span>{n > 0 ? n : ""}</span>
    </td>
  );
}
