import type { VNode } from "preact";

interface MeasureTableProps {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly (string | VNode)[])[];
}

/** A plot's numbers as a table. */
export function MeasureTable({ caption, head, rows }: MeasureTableProps): VNode {
  return (
    <table class="measure-table s">
      <caption class="aside">{caption}</caption>
      <thead>
        <tr>
          {head.map((title) => (
            <th scope="col">{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells]) => (
          <tr>
            <th scope="row">{name}</th>
            {cells.map((cell) => (
              <td>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
