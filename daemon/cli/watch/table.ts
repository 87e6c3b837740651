import type { Config } from "../../config/schema.ts";
import type { RoundRecord } from "../../store/records.ts";
import { duration, fixed } from "../../text/numbers.ts";
import { padStart } from "../text/fit.ts";
import { admitted, iteration, kl, tabulated } from "./measures.ts";
import { summarise } from "./rows.ts";

/** The rounds since the row above, and the estimated seconds that were left after them. */
export interface Row {
  readonly rounds: readonly RoundRecord[];
  readonly remaining: number | undefined;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly cell: (row: Row) => string;
}

/** A table that grows by one line at a time. */
export interface Table {
  readonly header: string;
  line(row: Row): string;
}

/** What goes first where the terminal is narrow. */
const dispensable: readonly string[] = [admitted.label, "left", kl.label, iteration.label, "s/round"];

const round: Column = { title: "round", width: 6, cell: ({ rounds }) => String(rounds.at(-1)!.round) };
const left: Column = {
  title: "left",
  width: 7,
  cell: ({ remaining }) => (remaining === undefined ? "–" : duration(remaining)),
};
const secondsPerRound: Column = {
  title: "s/round",
  width: 7,
  cell: ({ rounds }) => {
    // Round 0 only evaluates, and a fork's first round was played by its parent.
    const played = rounds.filter((each) => each.round > 0 && each.seconds > 0);
    const seconds = played.reduce((sum, each) => sum + each.seconds - (each.phases.evaluate ?? 0), 0);
    return fixed(2)(played.length === 0 ? null : seconds / played.length);
  },
};

function columnsOf(config: Config, withRemaining: boolean): Column[] {
  const measured = tabulated
    .filter(({ isMeasured }) => isMeasured(config))
    .map(
      (measure): Column => ({
        title: measure.label,
        width: Math.max(6, measure.label.length),
        cell: ({ rounds }) => measure.format(summarise(rounds, measure)),
      }),
    );
  return [round, ...measured, secondsPerRound, ...(withRemaining ? [left] : [])];
}

/** The widest layout that fits: two spaces between columns, then one, then without columns that can be done without. */
function layOut(columns: readonly Column[], available: number): { columns: readonly Column[]; gap: string } {
  const needs = (gap: number) => columns.reduce((sum, { width }) => sum + width, gap * (columns.length - 1));
  if (needs(2) <= available) return { columns, gap: "  " };
  if (needs(1) <= available) return { columns, gap: " " };
  const victim = dispensable.find((title) => columns.some((column) => column.title === title));
  if (victim === undefined) return { columns, gap: " " };
  return layOut(
    columns.filter(({ title }) => title !== victim),
    available,
  );
}

/**
 * The table of rounds: each row is the mean of the rounds since the row above, held-out accuracy the newest of them.
 * @param available terminal columns
 */
export function roundTable(config: Config, available: number, withRemaining: boolean): Table {
  const { columns, gap } = layOut(columnsOf(config, withRemaining), available);
  const join = (text: (column: Column) => string) =>
    columns.map((column) => padStart(text(column), column.width)).join(gap);
  return { header: join(({ title }) => title), line: (row) => join(({ cell }) => cell(row)) };
}
