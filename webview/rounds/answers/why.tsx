import type { ComponentChildren, VNode } from "preact";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { fixed, none, plain } from "../../shared/numbers.ts";
import { ScoreParts } from "../../shared/score-parts.tsx";
import type { JudgeNames } from "../data/judges.ts";
import type { AnswerRecord } from "../data/records.ts";

interface WhyProps {
  readonly answer: AnswerRecord;
  readonly judges: JudgeNames;
}

/** How an answer came to its rewards: who judged, what each part gave, and the judges' own words. */
export const Why = memo(function Why({ answer, judges }: WhyProps): VNode {
  const { reward, selfReward, rationale, rewardRationale, parts, probabilities } = answer;
  // Without a self-reward the one rationale is R's.
  const ofReward = rewardRationale ?? (judges.selfReward === undefined ? rationale : undefined);
  return (
    <dl class="why s">
      <Score name="R" value={reward === null ? null : plain(reward)} judge={judges.reward} said={ofReward}>
        {parts && <ScoreParts reward={reward} parts={parts} />}
      </Score>
      {judges.selfReward !== undefined && (
        <Score
          name={
            <>
              R<sub>Q</sub>
            </>
          }
          value={selfReward === null ? null : fixed(selfReward, 2).replace(/\.?0+$/, "")}
          judge={judges.selfReward}
          said={rationale}
        >
          {probabilities && <Probabilities probabilities={probabilities} />}
        </Score>
      )}
      {judges.selfReward === undefined && probabilities && <Probabilities probabilities={probabilities} />}
    </dl>
  );
});

interface ScoreProps {
  readonly name: ComponentChildren;
  /** null: unscored. */
  readonly value: string | null;
  readonly judge: string;
  readonly said: string | undefined;
  readonly children?: ComponentChildren;
}

function Score({ name, value, judge, said, children }: ScoreProps): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b class={value === null ? "warn" : ""}>{value ?? "unscored"}</b>{" "}
        <span class="dim">
          {value === null && "counts nowhere, not as 0; "}by <ModelText text={judge} limit={100} />
        </span>
        {said !== undefined && (
          <>
            {": "}
            <ModelText text={said} limit={1000} showAll />
          </>
        )}
        {children}
      </dd>
    </div>
  );
}

/** How likely each criterion is met; their sum is the judge's score. */
function Probabilities({ probabilities }: { readonly probabilities: readonly number[] }): VNode {
  return (
    <p>
      <span class="dim">likelihood of each criterion</span>{" "}
      {probabilities.map((p, index) => (
        <span class="criterion">
          <span class="dim">{index + 1}</span> {fixed(p)}
        </span>
      ))}{" "}
      <span class="dim">sum</span>{" "}
      {probabilities.length === 0 ? none : fixed(probabilities.reduce((sum, p) => sum + p, 0))}
    </p>
  );
}
