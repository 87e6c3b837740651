import type { ArmResult } from "../../studies/results.ts";
import type { Study } from "../../studies/study.ts";
import { percent, points } from "../../text/numbers.ts";
import { wrap } from "../text/fit.ts";
import { type GridColumn, gridLines } from "../text/grid.ts";
import type { Style } from "../text/style.ts";
import { armMeasureText, isMarked, rangeText, seedsText, unfinishedNote, wrongText } from "./cells.ts";

/** The tables of a study: for each of its questions, what its arms came to, and what else was measured of them. */
export function studyTables(study: Study, results: readonly ArmResult[], style: Style): string[] {
  const { columns, colours } = style;
  const { wrong } = study.instrument;
  const signs = study.instrument.signs.map(({ name, meaning }) => `${name}: ${meaning}`);
  return [
    ...study.groups.flatMap(({ title, question, arms }) => [
      "",
      colours.bold(title),
      ...wrap(question, columns).map((line) => colours.dim(line)),
      "",
      ...groupTables(
        study,
        arms.map((name) => results.find(({ arm }) => arm.name === name)!),
        style,
      ),
    ]),
    "",
    ...wrap(`${wrong[0]!.toUpperCase()}${wrong.slice(1)}: ${signs.join("; ")}.`, columns).map((line) =>
      colours.dim(line),
    ),
    ...(results.some(isMarked) ? wrap(unfinishedNote, columns) : []),
  ];
}

function groupTables(study: Study, rows: readonly ArmResult[], { columns, colours }: Style): string[] {
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
    column(study.instrument.wrong, (row) => wrongText(study, row), { align: "left" }),
    column("", ({ arm }) => arm.about, { align: "left", dispensable: 1 }),
  ];
  const measured = study.instrument.measures.map((measure) =>
    column(measure.label, (row) => armMeasureText(measure, row), { dispensable: measure.dispensable }),
  );
  return [...gridLines(outcome, columns, colours), "", ...gridLines([names, ...measured], columns, colours)];
}
