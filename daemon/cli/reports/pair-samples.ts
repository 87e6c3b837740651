import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import { fixed, signed } from "../../text/numbers.ts";
import { printable } from "../text/printable.ts";

/** Whether a round's samples are of an imitation: their answers have parts in their example. */
export function isPaired(queries: readonly QueryRecord[]): boolean {
  return queries.some(({ answers }) => answers.some(({ role }) => role !== undefined));
}

/** The first line about a round's examples: how many, and what the letters beside them mean. */
export function pairsHead(round: number, queries: readonly QueryRecord[]): string {
  const skipped = queries.filter(isSkipped).length;
  const left = skipped === 0 ? "" : `, ${skipped} skipped`;
  return `Round ${round}: ${queries.length} ${queries.length === 1 ? "record" : "records"}${left}. D log-ratio to the reference, r implicit reward, A −dL/dlogp: above 0 made likelier; cut: at the token limit.`;
}

/** What is told of an example: its line of the data, the right answer, and its margin, r(first) − r(second). */
export function pairFacts(query: QueryRecord): string {
  const { line, expected, answers } = query;
  const [first, second] = answers.map(({ implicit }) => implicit ?? null);
  const hasMargin = first != null && second != null;
  return [
    ...(line === undefined ? [] : [`line ${line} of the data`]),
    ...(hasMargin ? [`margin ${signed(3)(first - second)}`] : []),
    ...(expected === undefined ? [] : [`expected ${printable(expected)}`]),
    ...(isSkipped(query) ? ["skipped"] : []),
  ].join(", ");
}

/** The numbers of one of its answers, and whose it is. */
export function partScores({ role, opponent, D, implicit, advantage, reward }: AnswerRecord): string {
  const author = opponent === undefined ? "" : ` by opponent ${opponent}`;
  return [
    `${role}${author}`,
    ...(D == null ? [] : [`D ${signed(3)(D)}`]),
    ...(implicit == null ? [] : [`r ${signed(3)(implicit)}`]),
    `A ${signed(3)(advantage)}`,
    ...(reward === null ? [] : [`R ${fixed(2)(reward)}`]),
  ].join("  ");
}

/** One that teaches nothing: its answers are identical, or one was cut. */
function isSkipped({ answers }: QueryRecord): boolean {
  return answers.every(({ advantage }) => advantage === 0);
}
