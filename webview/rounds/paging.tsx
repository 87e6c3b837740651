import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { count } from "../shared/numbers.ts";

/** A long list of which a page at a time is drawn. */
export interface Paging {
  /** How many of the list are drawn: never more than it has. */
  readonly shown: number;
  /** How many the next page would add. */
  readonly next: number;
  readonly more: () => void;
}

/**
 * Draws `page` more of a list with each press on its `ShowMore`.
 * @param of       length of the list
 * @param selected index of what has to be drawn in any case; −1 for none
 */
export function usePaging(of: number, page: number, selected = -1): Paging {
  const [rows, setRows] = useState(page);
  const shown = Math.min(of, Math.max(rows, selected + 1));
  return { shown, next: Math.min(page, of - shown), more: () => setRows(shown + page) };
}

/** The button below such a list; nothing where all of it is drawn. */
export function ShowMore({ paging, what }: { readonly paging: Paging; readonly what: string }): VNode | null {
  if (paging.next === 0) return null;
  return (
    <button type="button" class="link s" onClick={paging.more}>
      show {count(paging.next)} more {what}
    </button>
  );
}
