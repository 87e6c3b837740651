import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { CriteriaSquares } from "../../shared/criteria.tsx";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { fixed, none } from "../../shared/numbers.ts";
import { useScrollTo } from "../../shared/use-scroll-to.ts";
import type { Naming } from "../alarms/run-alarms.ts";
import type { JudgeNames } from "../data/judges.ts";
import type { AnswerRecord, QueryRecord, Rating } from "../data/records.ts";
import { type RewardRange, rangeText, rewardText } from "../data/reward-range.ts";
import { ShowMore, usePaging } from "../paging.tsx";
import { AdvantageBar } from "../queries/advantage-bar.tsx";
import { greatest } from "../queries/query-order.ts";
import { alarmsOf, answerRemarks, groupRemarks } from "../queries/remarks.ts";
import { type HeatKind, heatNames, tokenHeat } from "./heat.ts";
import { TokenStrip } from "./token-strip.tsx";
import { TokenText } from "./token-text.tsx";
import { Why } from "./why.tsx";

interface AnswerListProps {
  readonly query: QueryRecord;
  /** Tokens of each answer as text; undefined until they are here. */
  readonly tokens: readonly (readonly string[])[] | undefined;
  /** Ratings of this query's answers. */
  readonly ratings: readonly Rating[];
  readonly verified: boolean;
  readonly judges: JudgeNames;
  /** Of R. */
  readonly range: RewardRange;
  /** Alarms of the round that name the query or its answers. */
  readonly namings: readonly Naming[];
  readonly heat: HeatKind;
  /** The most tokens of an answer. */
  readonly limit: number;
  readonly selected: number;
  readonly isOpen: boolean;
  readonly onSelect: (answer: number) => void;
}

const page = 32;

/** A query's answers: a row of numbers and a line of text each; the open one wraps and says what is wrong with it. */
export const AnswerList = memo(function AnswerList(props: AnswerListProps): VNode {
  const { query, tokens, ratings, selected, isOpen, verified, range, heat, ...shared } = props;
  const paging = usePaging(query.answers.length, page, selected);
  const full = greatest(
    query.answers.map(({ advantage }) => advantage),
    0.1,
  );
  return (
    <>
      {groupRemarks(query, shared.namings).map(({ kind, sentence, alarming }) => (
        <p key={kind} class={`s group-remark ${alarming ? "warn" : ""}`}>
          <ModelText text={sentence} />
        </p>
      ))}
      <div class="scrolls">
        <div class="answer-row head s dim" aria-hidden="true">
          <span />
          <span class="num">
            R<br />
            {rangeText(range) === "0–1" && "0–1"}
          </span>
          <span class="num">
            R<sub>Q</sub>
            <br />
            0–7
          </span>
          <span>
            criteria
            <br />
            1–7
          </span>
          <span>
            advantage A<br />
            <span class="so">Solver</span>
          </span>
          <span class="num">
            length
            <br />
            tokens
          </span>
          <span class="num">
            human
            <br />
            0–7
          </span>
          <span>
            {heatNames[heat]},
            <br />a cell a token
          </span>
          <span />
        </div>
        <ol class="answers">
          {query.answers.slice(0, paging.shown).map((answer, index) => (
            <Answer
              key={index}
              answer={answer}
              query={query}
              index={index}
              tokens={tokens?.[index]}
              score={meanScore(ratings, index)}
              verified={verified}
              range={range}
              heat={heat}
              full={full}
              isSelected={index === selected}
              isOpen={isOpen && index === selected}
              {...shared}
            />
          ))}
        </ol>
        <ShowMore paging={paging} what="answers" />
      </div>
    </>
  );
});

/** People's mean score of an answer; null where nobody gave one. */
function meanScore(ratings: readonly Rating[], index: number): number | null {
  const scores = ratings.flatMap(({ answer, score }) => (answer === index && score !== null ? [score] : []));
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

interface AnswerProps
  extends Pick<
    AnswerListProps,
    "query" | "verified" | "judges" | "range" | "namings" | "heat" | "limit" | "onSelect" | "isOpen"
  > {
  readonly answer: AnswerRecord;
  readonly index: number;
  readonly tokens: readonly string[] | undefined;
  readonly score: number | null;
  readonly full: number;
  readonly isSelected: boolean;
}

const Answer = memo(function Answer(props: AnswerProps): VNode {
  const { answer, query, index, tokens, score, verified, judges, range, namings } = props;
  const { heat, full, limit, isSelected, isOpen, onSelect } = props;
  const item = useRef<HTMLLIElement>(null);
  useScrollTo(item, isSelected);
  const heats = useMemo(() => tokenHeat(answer, heat, full), [answer, heat, full]);
  const remarks = answerRemarks(answer, query, verified, alarmsOf(namings, index));
  const isCut = answer.stop === "length";
  return (
    <li ref={item} class={`answer ${isSelected ? "current" : ""} ${isOpen ? "open" : ""}`}>
      {/* The button in it is for the keyboard; a pointer may press anywhere in the row. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div class="answer-row" onClick={() => onSelect(index)}>
        <button
          type="button"
          class="bare num dim"
          aria-expanded={isOpen}
          aria-label={`Answer ${index + 1}`}
          onClick={(event) => {
            event.stopPropagation();
            onSelect(index);
          }}
        >
          {index + 1}
        </button>
        <span class="num">{rewardText(answer.reward, range)}</span>
        <span class="num">{fixed(answer.selfReward, 1).replace(/\.0$/, "")}</span>
        <span>
          {answer.criteria ? <CriteriaSquares criteria={answer.criteria} /> : <span class="dim">{none}</span>}
        </span>
        <AdvantageBar advantage={answer.advantage} full={full} subject="solver" />
        <span class="num">
          {answer.tokens.length}
          {isCut ? "+" : ""}
        </span>
        <span class="num">
          {score === null ? <span class="dim">{none}</span> : `◇ ${fixed(score, 1).replace(/\.0$/, "")}`}
        </span>
        <TokenStrip heat={heats} limit={limit} label={`${answer.tokens.length} tokens by ${heatNames[heat]}`} />
        <span class="flags s">
          {remarks[0] && <span class={remarks[0].alarming ? "warn" : "dim"}>{remarks[0].flag}</span>}
          {remarks.length > 1 && <span class="dim">+{remarks.length - 1}</span>}
        </span>
      </div>
      <TokenText answer={answer} tokens={tokens} heat={heats} isOpen={isOpen} />
      {isOpen && (
        <div class="remarks s">
          {remarks.map(({ kind, sentence, alarming }) => (
            <p key={kind} class={alarming ? "warn" : ""}>
              <ModelText text={sentence} />
            </p>
          ))}
          <Why answer={answer} judges={judges} />
        </div>
      )}
    </li>
  );
});
