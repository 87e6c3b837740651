import type { AnswerRecord } from "../../store/records.ts";
import { fixed } from "../../text/numbers.ts";
import { wrap } from "../text/fit.ts";
import { gridLines } from "../text/grid.ts";
import type { Style } from "../text/style.ts";
import type { Place } from "./ratings.ts";

/** An answer that was rated in this session, with how the judge had scored it. */
export interface RatedAnswer extends Place {
  readonly score: number;
  readonly judged: Pick<AnswerRecord, "reward" | "selfReward">;
}

/** The end of a rating session: how many were rated, and only now how the judge had scored them. */
export function ratingSummary(rated: readonly RatedAnswer[], skipped: number, run: string, style: Style): string[] {
  const { columns, colours, invocation } = style;
  const count = `${rated.length} rated${skipped > 0 ? `, ${skipped} skipped` : ""}.`;
  if (rated.length === 0) return ["", count];
  const differences = rated.flatMap(({ score, judged: { selfReward } }) =>
    selfReward === null ? [] : [score - selfReward],
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
        { title: "answer", align: "left", cells: rated.map(nameOf) },
        { title: "you", align: "right", cells: rated.map(({ score }) => String(score)) },
        { title: "self-reward", align: "right", cells: rated.map(({ judged }) => fixed(1)(judged.selfReward)) },
        { title: "reward", align: "right", cells: rated.map(({ judged }) => fixed(2)(judged.reward)) },
      ],
      columns,
      colours,
    ),
    "",
    ...wrap(
      `\`${invocation} agreement ${run}\` says how far the judge can be trusted. \`${invocation} rate ${run} --list\` shows all ratings, \`--undo <id>\` takes one back.`,
      columns,
    ),
  ];
}

function nameOf({ round, query, answer }: Place): string {
  return `round ${round}, query ${query}, answer ${answer}`;
}
