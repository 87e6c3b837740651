import { type MeasureKey, measureKeys, measures } from "../../studies/measures.ts";
import { type ArmResult, degenerations } from "../../studies/results.ts";
import type { Study } from "../../studies/study.ts";
import { percent, points } from "../../text/numbers.ts";
import { wrap } from "../text/fit.ts";
import { type GridColumn, gridLines } from "../text/grid.ts";
import type { Style } from "../text/style.ts";
import { degenerateText, isMarked, measureText, rangeText, seedsText, unfinishedNote } from "./cells.ts";

/** Which measure's column goes first where a terminal is narrow. */
const dispensable: Readonly<Record<MeasureKey, number>> = {
  bigramDistance: 1,
  distinct: 2,
  klSolver: 3,
  noContrast: 4,
  correlation: 5,
  klChallenger: 6,
  difficulty: 7,
  admitted: 8,
};

/** The tables of a study: for each of its questions, what its arms came to, and how their games were at the end. */
export function studyTables(study: Study, results: readonly ArmResult[], style: Style): string[] {
  const { columns, colours } = style;
  const signs = Object.entries(degenerations).map(([sign, meaning]) => `${sign}: ${meaning}`);
  return [
    ...study.groups.flatMap(({ title, question, arms }) => [
      "",
      colours.bold(title),
      ...wrap(question, columns).map((line) => colours.dim(line)),
      "",
      ...groupTables(
        arms.map((name) => results.find(({ arm }) => arm.name === name)!),
        style,
      ),
    ]),
    "",
    ...wrap(`Degenerate: ${signs.join("; ")}.`, columns).map((line) => colours.dim(line)),
    ...(results.some(isMarked) ? wrap(unfinishedNote, columns) : []),
  ];
}

function groupTables(rows: readonly ArmResult[], { columns, colours }: Style): string[] {
  const column = (title: string, text: (result: ArmResult) => string, rest: Partial<GridColumn> = {}): GridColumn => ({
    title,
    align: "right",
    cells: rows.map(text),
    ...rest,
  });
  const names = column("arm", ({ arm }) => arm.name, { align: "left" });
  const outcome = [
    names,
    column("seeds", seedsText),
    column("start", ({ start }) => percent(start), { dispensable: 2 }),
    column("end", ({ end }) => percent(end?.mean ?? null)),
    column("range", rangeText, { dispensable: 3 }),
    column("points", ({ gained }) => points(gained)),
    column("degenerate", degenerateText, { align: "left" }),
    column("", ({ arm }) => arm.about, { align: "left", dispensable: 1 }),
  ];
  const late = measureKeys.map((key) =>
    column(measures[key].label, (result) => measureText(key, result.late[key]), { dispensable: dispensable[key] }),
  );
  return [...gridLines(outcome, columns, colours), "", ...gridLines([names, ...late], columns, colours)];
}
