import type { Measure, ResultOf } from "../../protocol.ts";
import { criterionNames } from "../../text/criteria.ts";
import { fixed, percent, signed } from "../../text/numbers.ts";
import { wrap } from "../text/fit.ts";
import { type GridColumn, gridLines } from "../text/grid.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";

type Agreement = ResultOf<"sparring/judge/agreement">;

/** What a line of a table is about. */
interface Row {
  readonly name: string;
  readonly ratings: number;
  readonly same: Measure;
  readonly kappa: Measure;
  readonly bias?: Measure;
  readonly spearman?: Measure;
}

/** Agreement for people: one table of scores and criteria, what people give per score, how people agree, the judge's health. */
export function agreementReport(run: string, agreement: Agreement, style: Style): string[] {
  const { compared, overall, criteria, byRounds, byKind, raters } = agreement;
  const rated = overall.ratings + agreement.left.unjudged;
  if (rated === 0) return [...nothingRated(run, agreement, style), ...healthLines(agreement, style)];
  const table = (title: string, about: string, rows: readonly Row[]): string[] =>
    rows.length === 0 ? [] : ["", ...wrap(title, style.columns), ...grid(about, rows, style)];
  const criterionRows = criteria.map((each, i): Row => ({ ...each, name: `${i + 1} ${criterionNames[i]}` }));
  const retest = raters.retest.map(({ rater, answers, ...rest }): Row => {
    return { ...rest, name: `${printable(rater)}, again`, ratings: answers };
  });
  const pairs = raters.pairs.map(({ raters: names, answers, ...rest }): Row => {
    return { ...rest, name: names.map(printable).join(", "), ratings: answers };
  });
  return [
    ...wrap(`Judge and people, ${overall.ratings} blind ratings of ${overall.queries} queries`, style.columns),
    ...wrap(printable(compared), style.columns).map(style.colours.dim),
    ...grid("answers", [{ ...overall, name: "all" }, ...byKind.map((each) => ({ ...each, name: each.kind }))], style),
    ...(byRounds.length > 1 ? table("By rounds", "rounds", byRounds.map(bandRow)) : []),
    ...table("By criterion", "criterion", criteria.some(({ ratings }) => ratings > 0) ? criterionRows : []),
    ...reliabilityLines(agreement, style),
    ...table("Raters among themselves", "raters", [...retest, ...pairs]),
    ...alphaLines(agreement, style),
    ...leftLines(agreement, style),
    ...healthLines(agreement, style),
  ];
}

function nothingRated(run: string, { left }: Agreement, { columns, invocation }: Style): string[] {
  const others = left.notBlind > 0 ? ` (${left.notBlind} ratings were not blind and don't count.)` : "";
  return wrap(
    `Nobody has rated these answers of ${run} blind.${others} \`${invocation} rate ${run}\` begins.`,
    columns,
  );
}

function bandRow(band: Agreement["byRounds"][number]): Row {
  return { ...band, name: band.first === band.last ? String(band.first) : `${band.first} – ${band.last}` };
}

function grid(about: string, rows: readonly Row[], { columns, colours }: Style): string[] {
  const column = (title: string, dispensable: number | undefined, cell: (row: Row) => string): GridColumn => {
    return { title, align: "right", cells: rows.map(cell), ...(dispensable !== undefined && { dispensable }) };
  };
  const optional = (key: "bias" | "spearman", title: string, write: (value: number) => string, order: number) =>
    rows.some((row) => row[key]) ? [column(title, order, (row) => (row[key] ? cellOf(row[key], write) : ""))] : [];
  return gridLines(
    [
      { title: about, align: "left", cells: rows.map(({ name }) => name) },
      column("n", undefined, ({ ratings }) => String(ratings)),
      column("same", 1, ({ same }) => cellOf(same, (value) => percent(value, 0))),
      ...optional("bias", "bias", signed(2), 3),
      column("κ", undefined, ({ kappa }) => cellOf(kappa, fixed(2))),
      ...optional("spearman", "Spearman", fixed(2), 2),
    ],
    columns,
    colours,
  );
}

/** "0.62 [0.51, 0.71]", or what is known instead. */
function cellOf(measure: Measure, write: (value: number) => string): string {
  switch (measure.kind) {
    case "estimate":
      return `${write(measure.value)} [${write(measure.low)}, ${write(measure.high)}]`;
    case "too-few":
      return `too few: ${measure.n} of ${measure.of}`;
    case "no-interval":
      return measure.value === null ? "undefined" : `${write(measure.value)}, no interval`;
  }
}

function reliabilityLines({ reliability, overall }: Agreement, { columns, colours }: Style): string[] {
  if (overall.ratings === 0) return [];
  const column = (title: string, cells: string[]): GridColumn => ({ title, align: "right", cells });
  return [
    "",
    ...wrap("What people give where the judge gives …", columns),
    ...gridLines(
      [
        column(
          "judge",
          reliability.map(({ judge }) => String(judge)),
        ),
        column(
          "n",
          reliability.map(({ ratings }) => String(ratings)),
        ),
        column(
          "people, mean",
          reliability.map(({ human }) => cellOf(human, fixed(1))),
        ),
      ],
      columns,
      colours,
    ),
  ];
}

function alphaLines({ raters: { alpha } }: Agreement, { columns }: Style): string[] {
  if (alpha.answers === 0) return [];
  const text = `Krippendorff's α over ${alpha.answers} answers that several people rated: ${cellOf(alpha.measure, fixed(2))}.`;
  return wrap(text, columns);
}

function leftLines({ left }: Agreement, { columns, colours }: Style): string[] {
  const parts = [
    ...(left.notBlind > 0 ? [`${left.notBlind} not blind`] : []),
    ...(left.skipped > 0 ? [`${left.skipped} skipped`] : []),
    ...(left.unjudged > 0 ? [`${left.unjudged} of answers without a judge's score`] : []),
  ];
  return parts.length === 0 ? [] : ["", ...wrap(`Left out: ${parts.join(", ")}.`, columns).map(colours.dim)];
}

function healthLines({ health }: Agreement, { columns, colours }: Style): string[] {
  const wrong = health.filter(({ share }) => share > 0);
  if (wrong.length === 0) return [];
  const cells = wrong.map(({ metric, share }) => [metric, percent(share)] as const);
  return [
    "",
    ...wrap("What goes wrong in judging, share of answers, mean over rounds", columns),
    ...gridLines(
      [
        { title: "metric", align: "left", cells: cells.map(([metric]) => metric) },
        { title: "share", align: "right", cells: cells.map(([, share]) => share) },
      ],
      columns,
      colours,
    ),
  ];
}
