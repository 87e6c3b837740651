import type { QueryRecord } from "../../store/records.ts";
import { type JudgedAnswer, scoreLines, whyLines } from "../../text/why-lines.ts";
import type { Scoring } from "../../text/why-score.ts";
import type { Place } from "../rate/ratings.ts";
import { wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { modelText } from "./samples.ts";

const indent = "     ";

/** Before the lines that stand below an answer's scores. */
const inset = `${indent}  `;

/** How an answer came to its scores: query and answer, then the same lines that the editor shows. */
export function whyReport(
  { round, query: index, answer }: Place,
  query: QueryRecord,
  scoring: Scoring,
  { colours, columns }: Style,
): string[] {
  return [
    colours.dim(`Round ${round}, query ${index}, answer ${answer}`),
    ...modelText(query.text, columns, indent).map((line) => colours.bold(line)),
    ...modelText(query.answers[answer]!.text, columns, indent),
    "",
    ...whyLines(query, answer, scoring).flatMap((line) => fitted(line, columns)),
  ];
}

/**
 * How a fresh answer came to its scores, below them; nothing where a judge left no more than a number.
 * @param group all fresh answers to the query
 */
export function scoreReport(
  answer: JudgedAnswer,
  group: readonly JudgedAnswer[],
  judges: Scoring["judges"],
  { colours, columns }: Style,
): string[] {
  const { rationale, rewardRationale, parts, criteria: met } = answer;
  if ([rationale, rewardRationale, parts, met].every((each) => each === undefined)) return [];
  return scoreLines(answer, group, { judges })
    .filter((line) => line !== "")
    .flatMap((line) => fitted(line, columns - inset.length))
    .map((line) => inset + colours.dim(line));
}

/** A line, safe to print; what has no room goes on further to the right. */
function fitted(line: string, columns: number): string[] {
  const text = printable(line);
  const first = wrap(text, columns)[0]!;
  const rest = text.slice(first.length + 1);
  return rest === "" ? [first] : [first, ...wrap(rest, columns, indent)];
}
