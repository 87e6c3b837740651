import type { Colours } from "./colours.ts";
import { padEnd, padStart, truncate, width } from "./fit.ts";

/** A column of a grid; as wide as its widest cell. */
export interface GridColumn {
  readonly title: string;
  /** One text a row, uncoloured and safe to print. */
  readonly cells: readonly string[];
  readonly align: "left" | "right";
  /** Which column goes first where there is no room; one without stays, and is cut. */
  readonly dispensable?: number;
  /** Colours a row's cell, which is padded already. */
  readonly ink?: (cell: string, row: number) => string;
}

const gap = "  ";

function widthOf({ title, cells }: GridColumn): number {
  return Math.max(width(title), ...cells.map(width));
}

/** The columns for which there is room; the first is cut where even those that must stay are too wide. */
function fit(columns: readonly GridColumn[], available: number): { column: GridColumn; width: number }[] {
  const widths = columns.map(widthOf);
  const needed = widths.reduce((sum, each) => sum + each, gap.length * (columns.length - 1));
  const surplus = needed - available;
  if (surplus <= 0) return columns.map((column, i) => ({ column, width: widths[i]! }));
  const [victim] = columns
    .filter(({ dispensable }) => dispensable !== undefined)
    .sort((a, b) => a.dispensable! - b.dispensable!);
  if (!victim) return columns.map((column, i) => ({ column, width: i === 0 ? widths[0]! - surplus : widths[i]! }));
  return fit(
    columns.filter((column) => column !== victim),
    available,
  );
}

/** A head and a line for every row, none wider than `available`. */
export function gridLines(columns: readonly GridColumn[], available: number, colours: Colours): string[] {
  const fitting = fit(columns, available);
  const line = (text: (column: GridColumn, width: number) => string): string =>
    fitting
      .map(({ column, width: room }) => text(column, room))
      .join(gap)
      .trimEnd();
  const place = (column: GridColumn, text: string, room: number): string => {
    const shown = truncate(text, room);
    return column.align === "left" ? padEnd(shown, room) : padStart(shown, room);
  };
  const rows = columns[0]!.cells.map((_, row) =>
    line((column, room) => (column.ink ?? String)(place(column, column.cells[row]!, room), row)),
  );
  return [line((column, room) => colours.dim(place(column, column.title, room))), ...rows];
}
