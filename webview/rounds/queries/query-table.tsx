import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { fixed, plain } from "../../shared/numbers.ts";
import { type Naming, unnamed } from "../alarms/run-alarms.ts";
import type { QueryRecord, Rating } from "../data/records.ts";
import { type RewardRange, rangeText, rewardAxis, rewardText } from "../data/reward-range.ts";
import { AdvantageBar } from "./advantage-bar.tsx";
import { QueryList, QueryRow } from "./query-list.tsx";
import { greatest, meanOf } from "./query-order.ts";
import { queryRemarks } from "./remarks.ts";
import { RewardDots } from "./reward-dots.tsx";

interface QueryTableProps {
  /** In the order in which they are shown. */
  readonly queries: readonly QueryRecord[];
  readonly selected: number | null;
  /** Ratings of answers of this round. */
  readonly ratings: readonly Rating[];
  readonly verified: boolean;
  /** Of R, and so of V. */
  readonly range: RewardRange;
  /** Alarms of this round that name its queries, by the query's index. */
  readonly namings: ReadonlyMap<number, readonly Naming[]>;
  readonly onSelect: (index: number) => void;
}

/** A round's queries, one line each, the hardest first. */
export const QueryTable = memo(function QueryTable(props: QueryTableProps): VNode {
  const { queries, selected, ratings, verified, range, namings, onSelect } = props;
  const axis = useMemo(() => rewardAxis(range, queries), [range, queries]);
  const full = greatest(
    queries.map(({ advantage }) => advantage),
    0.1,
  );
  return (
    <QueryList
      queries={queries}
      selected={selected}
      label="Queries, hardest first"
      head={<Head range={range} axis={axis} />}
      row={(query, position) => (
        <Row
          key={query.index}
          query={query}
          position={position}
          isSelected={query.index === selected}
          rated={ratings.filter((rating) => rating.query === query.index && rating.score !== null).length}
          full={full}
          verified={verified}
          range={range}
          axis={axis}
          namings={namings.get(query.index) ?? unnamed}
          onSelect={onSelect}
        />
      )}
    />
  );
});

interface HeadProps {
  readonly range: RewardRange;
  readonly axis: readonly [number, number];
}

function Head({ range, axis: [low, high] }: HeadProps): VNode {
  return (
    <div class="row head s dim" aria-hidden="true">
      <span />
      <span>query, hardest first</span>
      <span class="num">
        V<br />
        {rangeText(range) === "0–1" && "0–1"}
      </span>
      <span class="num">
        R<sub>Q</sub>
        <br />
        0–7
      </span>
      <span>
        advantage A<br />
        <span class="ch">Challenger</span>
      </span>
      <span class="dots-head">
        <span>R, answers</span>
        <span>
          <span>{axisText(low)}</span>
          <span>❘ = V</span>
          <span>{axisText(high)}</span>
        </span>
      </span>
      <span>flags</span>
      <span class="num">rated</span>
    </div>
  );
}

/** An end of the axis in its few pixels. */
function axisText(value: number): string {
  return Number.isInteger(value) ? plain(value) : fixed(value, 1);
}

interface RowProps extends HeadProps {
  readonly query: QueryRecord;
  readonly position: number;
  readonly isSelected: boolean;
  readonly rated: number;
  readonly full: number;
  readonly verified: boolean;
  readonly namings: readonly Naming[];
  readonly onSelect: (index: number) => void;
}

const Row = memo(function Row(props: RowProps): VNode {
  const { query, position, isSelected, rated, full, verified, range, axis, namings, onSelect } = props;
  const { admitted, answers, V } = query;
  const text = <ModelText text={query.text} limit={400} />;
  return (
    <QueryRow query={query} class={admitted ? "" : "dropped"} isSelected={isSelected} onSelect={onSelect}>
      <span class="num dim">{admitted ? position + 1 : "–"}</span>
      {admitted ? (
        <>
          <span class="ell">{text}</span>
          <span class="num">{rewardText(V, range)}</span>
          <span class="num">{fixed(meanOf(answers.map(({ selfReward }) => selfReward)), 1)}</span>
          <AdvantageBar advantage={query.advantage} full={full} subject="challenger" />
          <RewardDots rewards={answers.map(({ reward }) => reward)} V={V} axis={axis} />
          <Flags query={query} verified={verified} namings={namings} />
          <span class="num s">{rated > 0 ? `◇ ${rated}` : ""}</span>
        </>
      ) : (
        <>
          <s class="ell">{text}</s>
          <span class={`reason ell s ${namings.length > 0 ? "warn" : ""}`}>
            {namings.length > 0 && "▲ "}not admitted: <ModelText text={query.reason ?? "no reason given"} />
          </span>
        </>
      )}
    </QueryRow>
  );
});

type FlagsProps = Pick<RowProps, "query" | "verified" | "namings">;

function Flags({ query, verified, namings }: FlagsProps): VNode {
  const [worst, ...others] = queryRemarks(query, verified, namings);
  const title = [worst, ...others].map((remark) => remark?.flag).join(", ");
  return (
    <span class="flags s" title={title}>
      {worst && <span class={worst.alarming ? "warn" : "dim"}>{worst.flag}</span>}
      {others.length > 0 && <span class="dim">+{others.length}</span>}
    </span>
  );
}
