import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { useScrollTo } from "../../shared/use-scroll-to.ts";
import type { QueryRecord } from "../data/records.ts";
import { ShowMore, usePaging } from "../paging.tsx";

interface QueryListProps {
  /** In the order in which they are shown. */
  readonly queries: readonly QueryRecord[];
  /** The selected one's index. */
  readonly selected: number | null;
  /** What a screen reader calls it. */
  readonly label: string;
  /** Stays above the rows while they scroll. */
  readonly head: VNode;
  /** How many answers a query's row has side by side, where it has them. */
  readonly columns?: number;
  readonly row: (query: QueryRecord, position: number) => VNode;
}

const page = 100;

/** A round's queries, one line each, of which one is selected by the panel's keys. */
export function QueryList({ queries, selected, label, head, columns, row }: QueryListProps): VNode {
  const place = queries.findIndex(({ index }) => index === selected);
  const paging = usePaging(queries.length, page, place);
  return (
    <div class="scrolls" style={columns === undefined ? undefined : { "--answers": String(columns) }}>
      {head}
      <div
        class="rows"
        role="listbox"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={place < 0 ? undefined : rowId(selected!)}
      >
        {queries.slice(0, paging.shown).map(row)}
      </div>
      <ShowMore paging={paging} what="queries" />
    </div>
  );
}

function rowId(index: number): string {
  return `query-${index}`;
}

interface QueryRowProps {
  readonly query: QueryRecord;
  /** Of the row, beside those that every row has. */
  readonly class: string;
  readonly isSelected: boolean;
  readonly onSelect: (index: number) => void;
  readonly children: ComponentChildren;
}

/** The line of one query. */
export function QueryRow({ query, class: name, isSelected, onSelect, children }: QueryRowProps): VNode {
  const row = useRef<HTMLDivElement>(null);
  useScrollTo(row, isSelected);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the panel, ↑ and ↓ move the selection of the list
    <div
      ref={row}
      id={rowId(query.index)}
      class={`row ${name} ${isSelected ? "selected" : ""}`}
      role="option"
      aria-selected={isSelected}
      tabIndex={-1}
      onClick={() => onSelect(query.index)}
    >
      {children}
    </div>
  );
}
