import type { VNode } from "preact";
import { criterionNames } from "../../daemon/text/criteria.ts";
import { ModelText } from "../shared/model-text.tsx";
import { fixed, signed } from "../shared/numbers.ts";
import { Failure } from "../shared/states.tsx";
import { calibrated } from "./agreement/calibration.ts";
import { measureText } from "./agreement/measure-text.ts";
import type { Agreement } from "./agreement/result.ts";
import type { Previous } from "./batch.ts";
import { type Judgement, partsText } from "./judgement.ts";
import type { Revealed } from "./use-judgement.ts";

interface PreviousSampleProps {
  readonly previous: Previous;
  /** In its batch, from 1. */
  readonly number: number;
  /** Whether the daemon has its rating on disk. */
  readonly isSaved: boolean;
  readonly revealed: Revealed;
  /** What people give on average where the judge gives a score, as far as that is known. */
  readonly reliability: Agreement["reliability"];
}

/** The sample that was submitted last, with the judge's points beside the rater's. */
export function PreviousSample({ previous, number, isSaved, revealed, reliability }: PreviousSampleProps): VNode {
  const { sample, rating, isLost } = previous;
  const { judgement, problem } = revealed;
  return (
    <section class="previous" aria-label="Previous sample">
      <div class="head">
        <h2>
          Sample {number},{" "}
          {isLost ? "not saved" : !isSaved ? "saving…" : rating.score === null ? "skipped" : "submitted"}
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
      {isLost ? (
        <p class="s dim">Its rating was given up. The judge's scores stay hidden, as the sample may come again.</p>
      ) : problem ? (
        <Failure problem={problem} />
      ) : judgement === undefined ? (
        <p class="s dim">
          {isSaved ? "Reading what the judge gave it …" : "The judge's scores show when the daemon has saved yours."}
        </p>
      ) : judgement === null ? (
        <p class="s dim">This answer is no longer among the run's samples.</p>
      ) : (
        <Comparison rating={rating} judgement={judgement} reliability={reliability} />
      )}
    </section>
  );
}

interface ComparisonProps extends Pick<PreviousSampleProps, "reliability"> {
  readonly rating: Previous["rating"];
  readonly judgement: Judgement;
}

function Comparison(props: ComparisonProps): VNode {
  const { rating, judgement } = props;
  const difference =
    rating.score === null || judgement.selfReward === null ? null : judgement.selfReward - rating.score;
  return (
    <>
      <table class={judgement.probabilities ? "comparison likely" : "comparison"}>
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
              probability={judgement.probabilities?.[index]}
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
      <Reasons {...props} />
    </>
  );
}

interface CriterionRowProps {
  readonly name: string;
  readonly number: number;
  readonly human: 0 | 1 | undefined;
  readonly judge: 0 | 1 | undefined;
  /** How likely the judge finds it that the criterion is met, where it can tell. */
  readonly probability: number | undefined;
}

function CriterionRow({ name, number, human, judge, probability }: CriterionRowProps): VNode {
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
        {probability !== undefined && (
          <span class="s dim probability" title={`the judge finds it met with probability ${fixed(probability)}`}>
            {fixed(probability)}
          </span>
        )}
      </td>
      <td class="warn s">{differs && `judge ${judge === 1 ? "+1" : "−1"}`}</td>
    </tr>
  );
}

function Point({ met }: { readonly met: 0 | 1 | undefined }): VNode {
  if (met === undefined) return <span class="dim">–</span>;
  return <i class={met ? "point met" : "point"} role="img" aria-label={met ? "met" : "not met"} />;
}

/** The judges' words, the verifier's answer and R; what people give for such a score; the rater's own note. */
function Reasons(props: ComparisonProps): VNode {
  const { comment } = props.rating;
  const { rationale, rewardRationale, unscored, expected, selfReward, reward, parts } = props.judgement;
  const people = selfReward === null ? undefined : calibrated(props.reliability, selfReward);
  return (
    <dl class="s reasons">
      {rationale !== undefined && <Reason by="Judge" says={rationale} />}
      {unscored !== undefined && <Reason by="Not scored" says={unscored} />}
      {expected !== undefined && <Reason by="Verifier expects" says={expected} />}
      {rewardRationale !== undefined && <Reason by="Reward" says={rewardRationale} />}
      {reward !== null && <Reason by="R" says={parts ? `${fixed(reward)}, of ${partsText(parts)}` : fixed(reward)} />}
      {people?.kind === "estimate" && (
        <Reason by="People, where the judge gives this score" says={measureText(people, (score) => fixed(score, 1))} />
      )}
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
