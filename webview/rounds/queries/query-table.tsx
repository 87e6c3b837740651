import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { fixed } from "../../shared/numbers.ts";
import { useScrollTo } from "../../shared/use-scroll-to.ts";
import type { QueryRecord, Rating } from "../data/records.ts";
import { AdvantageBar } from "./advantage-bar.tsx";
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
  readonly onSelect: (index: number) => void;
}

const page = 100;

/** A round's queries, one line each, the hardest first. */
export const QueryTable = memo(function QueryTable(props: QueryTableProps): VNode {
  const { queries, selected, ratings, verified, onSelect } = props;
  const [rows, setRows] = useState(page);
  const place = queries.findIndex(({ index }) => index === selected);
  const shown = Math.max(rows, place + 1);
  const full = greatest(
    queries.map(({ advantage }) => advantage),
    0.1,
  );
  return (
    <div class="scrolls">
      <div class="row head s dim" aria-hidden="true">
        <span />
        <span>query, hardest first</span>
        <span class="num">
          V<br />
          0–1
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
            <span>0</span>
            <span>❘ = V</span>
            <span>1</span>
          </span>
        </span>
        <span>flags</span>
        <span class="num">rated</span>
      </div>
      <div
        class="rows"
        role="listbox"
        aria-label="Queries, hardest first"
        tabIndex={0}
        aria-activedescendant={place < 0 ? undefined : rowId(selected!)}
      >
        {queries.slice(0, shown).map((query, position) => (
          <Row
            key={query.index}
            query={query}
            position={position}
            isSelected={query.index === selected}
            rated={ratings.filter((rating) => rating.query === query.index && rating.score !== null).length}
            full={full}
            verified={verified}
            onSelect={onSelect}
          />
        ))}
      </div>
      {shown < queries.length && (
        <button type="button" class="link" onClick={() => setRows(shown + page)}>
          show {Math.min(page, queries.length - shown)} more queries
        </button>
      )}
    </div>
  );
});

function rowId(index: number): string {
  return `query-${index}`;
}

interface RowProps {
  readonly query: QueryRecord;
  readonly position: number;
  readonly isSelected: boolean;
  readonly rated: number;
  readonly full: number;
  readonly verified: boolean;
  readonly onSelect: (index: number) => void;
}

const Row = memo(function Row({ query, position, isSelected, rated, full, verified, onSelect }: RowProps): VNode {
  const row = useRef<HTMLDivElement>(null);
  useScrollTo(row, isSelected);
  const text = <ModelText text={query.text} limit={400} />;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the panel, ↑ and ↓ move the selection of the list
    <div
      ref={row}
      id={rowId(query.index)}
      class={`row ${isSelected ? "selected" : ""} ${query.admitted ? "" : "dropped"}`}
      role="option"
      aria-selected={isSelected}
      tabIndex={-1}
      onClick={() => onSelect(query.index)}
    >
      <span class="num dim">{query.admitted ? position + 1 : "–"}</span>
      {query.admitted ? (
        <>
          <span class="ell">{text}</span>
          <span class="num">{fixed(query.V)}</span>
          <span class="num">{fixed(meanOf(query.answers.map(({ selfReward }) => selfReward)), 1)}</span>
          <AdvantageBar advantage={query.advantage} full={full} subject="challenger" />
          <RewardDots rewards={query.answers.map(({ reward }) => reward)} V={query.V} />
          <Flags query={query} verified={verified} />
          <span class="num s">{rated > 0 ? `◇ ${rated}` : ""}</span>
        </>
      ) : (
        <>
          <s class="ell">{text}</s>
          <span class="reason ell s">
            not admitted: <ModelText text={query.reason ?? "no reason given"} />
          </span>
        </>
      )}
    </div>
  );
});

function Flags({ query, verified }: { readonly query: QueryRecord; readonly verified: boolean }): VNode {
  const [worst, ...others] = queryRemarks(query, verified);
  const title = [worst, ...others].map((remark) => remark?.flag).join(", ");
  return (
    <span class="flags s" title={title}>
      {worst && <span class={worst.alarming ? "warn" : "dim"}>{worst.flag}</span>}
      {others.length > 0 && <span class="dim">+{others.length}</span>}
    </span>
  );
}
