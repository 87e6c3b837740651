import type { VNode } from "preact";
import { criterionNames } from "../../../daemon/text/criteria.ts";
import { counted, fixed } from "../../shared/numbers.ts";
import { correlationAxis } from "./axis.ts";
import { MeasurePlot } from "./measure-plot.tsx";
import { MeasureTable } from "./measure-table.tsx";
import { measureText, reasonsOf } from "./measure-text.ts";
import { Notes } from "./notes.tsx";
import type { Agreement } from "./result.ts";

/** px, as in agreement.css. */
const rowHeight = 24;
const write = (value: number): string => fixed(value);

/** Cohen's κ of each criterion: in which of them judge and people see the same. */
export function CriteriaKappa({
  criteria,
  asTable,
}: Pick<Agreement, "criteria"> & { readonly asTable: boolean }): VNode {
  const ratings = criteria[0]?.ratings ?? 0;
  return (
    <section class="criteria-kappa" aria-labelledby="criteria-kappa">
      <h2 id="criteria-kappa">κ per criterion</h2>
      <p class="s dim">
        {ratings > 0 ? `Cohen's, ${counted(ratings, "rating")} with criteria` : "no ratings with criteria"}
      </p>
      {ratings > 0 && (asTable ? <Table criteria={criteria} /> : <Plot criteria={criteria} />)}
    </section>
  );
}

function nameOf(criterion: number): string {
  return `${criterion} ${criterionNames[criterion - 1]}`;
}

function Table({ criteria }: Pick<Agreement, "criteria">): VNode {
  return (
    <MeasureTable
      caption="κ per criterion"
      head={["criterion", "κ"]}
      rows={criteria.map(({ criterion, kappa }) => [nameOf(criterion), measureText(kappa, write)])}
    />
  );
}

function Plot({ criteria }: Pick<Agreement, "criteria">): VNode {
  const measures = criteria.map(({ kappa }) => kappa);
  const reasons = reasonsOf(measures);
  const rows = criteria.map(({ criterion, kappa }, i) => ({
    name: nameOf(criterion),
    measure: kappa,
    y: rowHeight * (i + 0.5),
  }));
  return (
    <>
      <div class="with-names">
        <div class="names" aria-hidden="true">
          {criteria.map(({ criterion }) => (
            <div class="row" title={nameOf(criterion)}>
              <span class="dim">{criterion}</span>
              <span class="ell">{criterionNames[criterion - 1]}</span>
            </div>
          ))}
        </div>
        <MeasurePlot
          label={`κ per criterion: ${rows.map(({ name, measure }) => `${name} ${measureText(measure, write)}`).join("; ")}`}
          rows={rows}
          axis={correlationAxis(measures)}
          write={write}
          writeTick={(value) => fixed(value, Number.isInteger(value) ? 0 : 1)}
          reasons={reasons}
          height={rowHeight * rows.length}
        />
      </div>
      <Notes reasons={reasons} />
    </>
  );
}
