import type { VNode } from "preact";
import { ModelText } from "../shared/model-text.tsx";
import { fixed, signed } from "../shared/numbers.ts";
import type { Previous } from "./batch.ts";
import { criterionNames } from "./criteria.ts";
import type { Judgement } from "./judgements.ts";

interface PreviousSampleProps {
  readonly previous: Previous;
  /** In its batch, from 1. */
  readonly number: number;
  /** Whether the daemon has its rating on disk. */
  readonly isSaved: boolean;
  readonly judgement: Judgement | null | undefined;
}

/** The sample that was submitted last, with the judge's points beside the rater's. */
export function PreviousSample({ previous, number, isSaved, judgement }: PreviousSampleProps): VNode {
  const { sample, rating } = previous;
  return (
    <section class="previous" aria-label="Previous sample">
      <div class="head">
        <h2>
          Sample {number}, {!isSaved ? "saving…" : rating.score === null ? "skipped" : "submitted"}
        </h2>
        <span class="s dim place">
          round {sample.round}, query {sample.query}, answer {sample.answer}
        </span>
      </div>
      <p class="s dim two-lines">
        <ModelText text={sample.queryText} limit={400} />
      </p>
      <p class="answer-line two-lines">
        {sample.answerText === "" ? <i class="dim">empty</i> : <ModelText text={sample.answerText} limit={400} />}
      </p>
      {judgement === undefined ? (
        <p class="s dim">
          {isSaved ? "Reading what the judge gave it …" : "The judge's scores show when the daemon has saved yours."}
        </p>
      ) : judgement === null ? (
        <p class="s dim">This answer is no longer among the run's samples.</p>
      ) : (
        <Comparison rating={rating} judgement={judgement} />
      )}
    </section>
  );
}

function Comparison(props: { readonly rating: Previous["rating"]; readonly judgement: Judgement }): VNode {
  const { rating, judgement } = props;
  const difference =
    rating.score === null || judgement.selfReward === null ? null : judgement.selfReward - rating.score;
  return (
    <>
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col" class="nr">
              <span class="aside">number</span>
            </th>
            <th scope="col">criterion</th>
            <th scope="col" class="c">
              you
            </th>
            <th scope="col" class="c">
              judge
            </th>
            <th scope="col">
              <span class="aside">difference</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {criterionNames.map((name, index) => (
            <CriterionRow
              name={name}
              number={index + 1}
              human={rating.criteria?.[index]}
              judge={judgement.criteria?.[index]}
            />
          ))}
          <tr class="total">
            <td />
            <th scope="row">Overall, 0–7</th>
            <td class="c">{fixed(rating.score, 0)}</td>
            <td class="c">{fixed(judgement.selfReward, wholeOr(judgement.selfReward))}</td>
            <td class="warn s">{difference ? `judge ${signed(difference, wholeOr(difference))}` : ""}</td>
          </tr>
        </tbody>
      </table>
      <Reasons rating={rating} judgement={judgement} />
    </>
  );
}

interface CriterionRowProps {
  readonly name: string;
  readonly number: number;
  readonly human: 0 | 1 | undefined;
  readonly judge: 0 | 1 | undefined;
}

function CriterionRow({ name, number, human, judge }: CriterionRowProps): VNode {
  const differs = human !== undefined && judge !== undefined && human !== judge;
  return (
    <tr>
      <td class="nr dim">{number}</td>
      <th scope="row" class="ell">
        {name}
      </th>
      <td class="c">
        <Point met={human} />
      </td>
      <td class="c">
        <Point met={judge} />
      </td>
      <td class="warn s">{differs && `judge ${judge === 1 ? "+1" : "−1"}`}</td>
    </tr>
  );
}

function Point({ met }: { readonly met: 0 | 1 | undefined }): VNode {
  if (met === undefined) return <span class="dim">–</span>;
  return <i class={met ? "point met" : "point"} role="img" aria-label={met ? "met" : "not met"} />;
}

/** The judge's words, the verifier's answer and R; the rater's own note. */
function Reasons(props: { readonly rating: Previous["rating"]; readonly judgement: Judgement }): VNode {
  const { comment } = props.rating;
  const { rationale, unscored, expected, reward } = props.judgement;
  return (
    <dl class="s reasons">
      {rationale !== undefined && <Reason by="Judge" says={rationale} />}
      {unscored !== undefined && <Reason by="Not scored" says={unscored} />}
      {expected !== undefined && <Reason by="Verifier expects" says={expected} />}
      {reward !== null && <Reason by="R" says={fixed(reward)} />}
      {comment !== undefined && <Reason by="Your note" says={comment} />}
    </dl>
  );
}

function Reason({ by, says }: { readonly by: string; readonly says: string }): VNode {
  return (
    <div>
      <dt>{by}</dt>{" "}
      <dd>
        <ModelText text={says} limit={800} />
      </dd>
    </div>
  );
}

/** Digits for a score: none where it is a whole number. */
function wholeOr(score: number | null): 0 | 1 {
  return score === null || Number.isInteger(score) ? 0 : 1;
}
