import type { VNode } from "preact";
import { none, percent } from "../../shared/numbers.ts";
import type { Series } from "../data/series.ts";
import { ShowMore, usePaging } from "../paging.tsx";
import type { ChartSpec } from "./chart-specs.ts";

const page = 100;

/** A chart's numbers, the newest round first, a page at a time. */
export function ChartTable({ spec, series }: { readonly spec: ChartSpec; readonly series: Series }): VNode {
  const columns = [
    ...spec.lines.map(({ metric, label, short, format }) => ({ metric, label: short ?? label, format })),
    ...(spec.bars ? [{ ...spec.bars, format: (value: number) => percent(value, 1) }] : []),
  ];
  const { length } = series.rounds;
  const paging = usePaging(length, page);
  const shown = Array.from({ length: paging.shown }, (_, i) => length - 1 - i);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
    <section class="chart-table" tabIndex={0} aria-label={`${spec.title} as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">round</th>
            {columns.map(({ label }) => (
              <th scope="col">{label}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((index) => (
            <tr key={series.rounds[index]}>
              <th scope="row">{series.rounds[index]}</th>
              {columns.map(({ metric, format }) => {
                const value = series.columns[metric]?.[index] ?? null;
                return <td>{value === null ? none : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <ShowMore paging={paging} what="rounds" />
    </section>
  );
}
