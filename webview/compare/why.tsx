import type { VNode } from "preact";
import type { ScoredAnswer } from "../../daemon/protocol.ts";
import { criterionNames } from "../../daemon/text/criteria.ts";
import { type ScoreOrigin, type Scoring, scoreOrigins } from "../../daemon/text/why-score.ts";
import { ModelText } from "../shared/model-text.tsx";
import { fixed, plain } from "../shared/numbers.ts";
import { ScoreParts } from "../shared/score-parts.tsx";

/** Who scored: the judges of the first side's run; undefined while that is not known, and in runs that do not say it. */
export type CompareJudges = Scoring["judges"];

interface WhyProps {
  readonly answer: ScoredAnswer;
  /** Both sides' answers. */
  readonly group: readonly ScoredAnswer[];
  readonly judges: CompareJudges;
}

/** What an answer's scores come from, folded away; nothing where nobody was asked. */
export function Why({ answer, group, judges }: WhyProps): VNode | null {
  const { reward, selfReward, unscored, parts, criteria } = answer;
  if (reward === null && selfReward === null && unscored === undefined) return null;
  return (
    <details class="why s">
      <summary>Why these scores</summary>
      <dl>
        {scoreOrigins(answer, group, { judges }).map((origin) => (
          <Origin key={origin.letter} origin={origin} />
        ))}
      </dl>
      {parts && <ScoreParts reward={reward} parts={parts} />}
      {criteria && <Criteria criteria={criteria} probabilities={answer.probabilities} />}
    </details>
  );
}

/** One score: who gave it, and what that judge said. */
function Origin({ origin: { letter, value, by, says } }: { readonly origin: ScoreOrigin }): VNode {
  return (
    <div>
      <dt>
        {letter === "R" ? (
          "R"
        ) : (
          <>
            R<sub>Q</sub>
          </>
        )}
      </dt>
      <dd>
        <b class={value === null ? "warn" : ""}>{value === null ? "unscored" : plain(value)}</b>{" "}
        <span class="dim">
          <ModelText text={by} limit={150} />
        </span>
        {says !== undefined && (
          <div>
            <ModelText text={says} lines limit={1000} showAll />
          </div>
        )}
      </dd>
    </div>
  );
}

interface CriteriaProps {
  readonly criteria: NonNullable<ScoredAnswer["criteria"]>;
  readonly probabilities: ScoredAnswer["probabilities"];
}

/** Which criteria are met, and how likely where the judge can tell. */
function Criteria({ criteria, probabilities }: CriteriaProps): VNode {
  return (
    <ol class="criteria" aria-label="The judge's criteria">
      {criteria.map((met, i) => (
        <li key={i} class={met ? "" : "dim"}>
          {met ? "met" : "not met"}
          {probabilities && ` (${fixed(probabilities[i])})`}: {criterionNames[i]}
        </li>
      ))}
    </ol>
  );
}
