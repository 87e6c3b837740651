import { wrap } from "../text/fit.ts";
import { gridLines } from "../text/grid.ts";
import { fixed } from "../text/numbers.ts";
import type { Style } from "../text/style.ts";
import type { Candidate } from "./pick.ts";

/** An answer that was rated in this session. */
export interface Rated {
  /** The rating's id. */
  readonly id: string;
  readonly candidate: Candidate;
  /** null: skipped. */
  readonly score: number | null;
}

/** The end of a rating session: how many were rated, and only now how the judge had scored them. */
export function ratingSummary(done: readonly Rated[], run: string, style: Style): string[] {
  const { columns, colours, invocation } = style;
  const scored = done.filter(({ score }) => score !== null);
  const skipped = done.length - scored.length;
  const count = `${scored.length} rated${skipped > 0 ? `, ${skipped} skipped` : ""}.`;
  if (scored.length === 0) return ["", count];
  const differences = scored.flatMap(({ score, candidate: { answer } }) =>
    answer.selfReward === null ? [] : [score! - answer.selfReward],
  );
  const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
  const distance = differences.reduce((sum, each) => sum + Math.abs(each), 0) / differences.length;
  const compared =
    differences.length === 0
      ? "The judge gave these answers no self-reward to compare with."
      : `You are ${fixed(1)(Math.abs(mean))} ${mean < 0 ? "below" : "above"} the judge on average, ${fixed(1)(distance)} apart.`;
  return [
    "",
    ...wrap(`${count} ${compared}`, columns),
    "",
    ...gridLines(
      [
        { title: "answer", align: "left", cells: scored.map(({ candidate }) => nameOf(candidate)) },
        { title: "you", align: "right", cells: scored.map(({ score }) => String(score)) },
        {
          title: "self-reward",
          align: "right",
          cells: scored.map(({ candidate: { answer } }) => fixed(1)(answer.selfReward)),
        },
        { title: "reward", align: "right", cells: scored.map(({ candidate: { answer } }) => fixed(2)(answer.reward)) },
      ],
      columns,
      colours,
    ),
    "",
    ...wrap(`\`${invocation} rate ${run} --list\` shows all ratings, \`--undo <id>\` takes one back.`, columns),
  ];
}

function nameOf({ round, query, index }: Candidate): string {
  return `round ${round}, query ${query.index}, answer ${index}`;
}
