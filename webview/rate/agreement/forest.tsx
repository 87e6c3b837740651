import type { VNode } from "preact";
import { fixed, signed } from "../../shared/numbers.ts";
import { MeasurePlot } from "./measure-plot.tsx";
import { MeasureTable } from "./measure-table.tsx";
import { measureText, reasonsOf } from "./measure-text.ts";
import { Notes } from "./notes.tsx";
import type { Agreement } from "./result.ts";
import { columns, forestRows, type Row } from "./rows.ts";

/** px, as in agreement.css. */
const rowHeight = 24;
const groupGap = 8;

/** Agreement on all answers, on kinds of queries and in quarters of the rounds, beside one another on common axes. */
export function Forest({ agreement, asTable }: { readonly agreement: Agreement; readonly asTable: boolean }): VNode {
  const rows = forestRows(agreement);
  if (asTable) {
    return (
      <MeasureTable
        caption="Agreement on scores"
        head={["answers", "ratings", "queries", ...columns.map(({ title }) => title)]}
        rows={rows.map((row) => [
          row.name,
          String(row.ratings),
          String(row.queries),
          ...columns.map(({ id, write }) => measureText(row[id], write)),
        ])}
      />
    );
  }
  const { middles, height } = placesOf(rows);
  const reasons = reasonsOf(rows.flatMap((row) => columns.map(({ id }) => row[id])));
  return (
    <>
      <div class="forest">
        <div class="names" aria-hidden="true">
          <div class="column-head s dim">
            <span>answers</span>
            <span>ratings</span>
          </div>
          {rows.map(({ name, ratings, begins }) => (
            <div class={begins ? "row begins" : "row"}>
              <span class="ell" title={name}>
                {name}
              </span>
              <span class="dim">{ratings}</span>
            </div>
          ))}
        </div>
        {columns.map(({ id, title, means, write, axisOf }) => (
          <div>
            <div class="column-head s">
              <span class="ell">
                <b>{title}</b>
                <br />
                <span class="dim">{means}</span>
              </span>
            </div>
            <MeasurePlot
              label={`${title}, ${means}: ${rows.map((row) => `${row.name} ${measureText(row[id], write)}`).join("; ")}`}
              rows={rows.map((row, i) => ({ name: row.name, measure: row[id], y: middles[i]! }))}
              axis={axisOf(rows.map((row) => row[id]))}
              write={write}
              writeTick={(value) => (id === "bias" ? signed(value, 0) : fixed(value, Number.isInteger(value) ? 0 : 1))}
              reasons={reasons}
              height={height}
            />
          </div>
        ))}
      </div>
      <Notes reasons={reasons} />
    </>
  );
}

/** Where rows stand: groups lie apart. */
function placesOf(rows: readonly Row[]): { readonly middles: readonly number[]; readonly height: number } {
  const gaps = rows.map((_, i) => groupGap * rows.slice(0, i + 1).filter(({ begins }) => begins).length);
  const middles = rows.map((_, i) => rowHeight * (i + 0.5) + gaps[i]!);
  return { middles, height: rowHeight * rows.length + gaps.at(-1)! };
}
