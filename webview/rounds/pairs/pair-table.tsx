import type { VNode } from "preact";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { fixed } from "../../shared/numbers.ts";
import type { QueryRecord } from "../data/records.ts";
import { AdvantageBar } from "../queries/advantage-bar.tsx";
import { QueryList, QueryRow } from "../queries/query-list.tsx";
import { greatest } from "../queries/query-order.ts";
import { marginOf, rankOf } from "./pair-order.ts";
import { pairRemarks } from "./pair-remarks.ts";

interface PairTableProps {
  /** In the order in which they are shown. */
  readonly queries: readonly QueryRecord[];
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
}

/** A round's examples, one line each: the query, its answers side by side, and how far they are in order, the worst first. */
export const PairTable = memo(function PairTable({ queries, selected, onSelect }: PairTableProps): VNode {
  const roles = queries[0]?.answers.map(({ role }) => role) ?? [];
  const isSingle = roles.length < 2;
  const full = greatest(
    queries.map((query) => marginOf(query) ?? 0),
    0.01,
  );
  const order = isSingle ? "least likely first" : "worst margin first";
  const head = (
    <div class="row pair-row head s dim" aria-hidden="true">
      <span />
      <span>query, {order}</span>
      {roles.map((role) => (
        <span class={role === "generated" ? "so" : ""}>{role}</span>
      ))}
      <span>
        {isSingle ? (
          <>
            log-probability
            <br />
            nat a token
          </>
        ) : (
          <>
            margin of r
            <br />
            {roles[0]} − {roles[1]}
          </>
        )}
      </span>
      <span>flags</span>
    </div>
  );
  return (
    <QueryList
      queries={queries}
      selected={selected}
      label={`Queries, ${order}`}
      head={head}
      columns={Math.max(1, roles.length)}
      row={(query, position) => (
        <Row
          key={query.index}
          query={query}
          position={position}
          isSelected={query.index === selected}
          full={full}
          onSelect={onSelect}
        />
      )}
    />
  );
});

interface RowProps {
  readonly query: QueryRecord;
  readonly position: number;
  readonly isSelected: boolean;
  readonly full: number;
  readonly onSelect: (index: number) => void;
}

const Row = memo(function Row({ query, position, isSelected, full, onSelect }: RowProps): VNode {
  const margin = marginOf(query);
  const remarks = pairRemarks(query);
  return (
    <QueryRow query={query} class="pair-row" isSelected={isSelected} onSelect={onSelect}>
      <span class="num dim">{position + 1}</span>
      <span class="ell">
        <ModelText text={query.text} limit={200} />
      </span>
      {query.answers.map(({ text, role }) => (
        <span class={`ell ${role === "generated" ? "so" : ""}`}>
          <ModelText text={text} limit={200} />
        </span>
      ))}
      {margin === null ? (
        <span class="num">{fixed(rankOf(query), 3)}</span>
      ) : (
        <AdvantageBar advantage={margin} full={full} subject="solver" digits={3} />
      )}
      <span class="flags s dim" title={remarks.map(({ flag }) => flag).join(", ")}>
        {remarks[0]?.flag}
        {remarks.length > 1 && <span>+{remarks.length - 1}</span>}
      </span>
    </QueryRow>
  );
});
