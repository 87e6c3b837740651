import { criterionNames } from "./criteria.ts";
import { marginLines } from "./margin.ts";
import { fixed, signed } from "./numbers.ts";
import { visibleLine } from "./visible.ts";
import {
  advantageOrigin,
  type ScoredAnswer,
  type ScoredPart,
  type Scoring,
  scoreOrigins,
  sharesOf,
} from "./why-score.ts";

/** What is told of an answer of a game of rewards. */
export interface JudgedAnswer extends ScoredAnswer {
  readonly criteria?: readonly (0 | 1)[] | undefined;
  readonly probabilities?: readonly number[] | undefined;
  readonly unscored?: string | undefined;
}

/** What is told of an answer that was learned from, too. */
export interface ExplainedAnswer extends JudgedAnswer {
  readonly advantage: number;
}

/** What is told of the query that it answers. */
export interface ExplainedQuery {
  readonly answers: readonly ExplainedAnswer[];
  readonly expected?: string | undefined;
}

const labelWidth = 5;
const indent = " ".repeat(labelWidth);

/**
 * How an answer came to its scores and its advantage, as lines of plain text in columns. What others wrote is made visible, and
 * begins no line: words of ours or a margin stand before it.
 */
export function whyLines({ answers, expected }: ExplainedQuery, index: number, scoring: Scoring): string[] {
  const answer = answers[index]!;
  return [
    ...originLines(answer, answers, scoring, expected),
    labelled("A", signed(3)(answer.advantage), advantageOrigin(index, answers, scoring)),
    ...partLines(answer),
    ...criterionLines(answer),
  ];
}

/**
 * As `whyLines`, of an answer that nobody learns from, such as to a query that is played again: it has no advantage.
 * @param group all answers to its query, among them this one
 */
export function scoreLines(
  answer: JudgedAnswer,
  group: readonly JudgedAnswer[],
  scoring: Pick<Scoring, "judges">,
): string[] {
  return [...originLines(answer, group, scoring, undefined), ...partLines(answer), ...criterionLines(answer)];
}

function originLines(
  answer: JudgedAnswer,
  group: readonly JudgedAnswer[],
  scoring: Pick<Scoring, "judges">,
  expected: string | undefined,
): string[] {
  const scores = scoreOrigins(answer, group, scoring).flatMap(({ letter, value, by, says }) => [
    labelled(letter, value === null ? "unscored" : fixed(3)(value), visibleLine(by)),
    ...(letter === "R" && expected !== undefined ? [`${indent}The verifier expects: ${visibleLine(expected)}`] : []),
    ...(says === undefined ? [] : saidLines(says)),
  ]);
  const { unscored } = answer;
  if (unscored === undefined) return scores;
  return [...scores, `${indent}Unscored, which counts nowhere and is not 0: ${visibleLine(unscored)}`];
}

function labelled(label: string, value: string, text: string): string {
  return `${label.padEnd(labelWidth)}${value.padEnd(10)}${text}`;
}

function saidLines(says: string): string[] {
  const said = `${indent}The judge says:`;
  return says.includes("\n") ? [said, ...marginLines(says)] : [`${said} ${visibleLine(says)}`];
}

function partLines({ reward, parts }: JudgedAnswer): string[] {
  if (!parts) return [];
  const shares = sharesOf(reward, parts);
  const names = parts.map(({ judge }) => visibleLine(judge));
  const room = Math.max("judge".length, ...names.map(({ length }) => length));
  const row = (name: string, cells: readonly string[]): string =>
    `${indent}${name.padEnd(room)}${cells.map((cell) => cell.padStart(11)).join("")}`;
  const cellsOf = ({ value, weight, scale }: ScoredPart, k: number): string[] => [
    value === null ? "unscored" : fixed(3)(value),
    fixed(3)(weight),
    fixed(4)(scale),
    signed(3)(shares[k]!),
  ];
  return [
    "",
    "R is Σ weight·scale·value / Σ weight over the judges that scored:",
    row("judge", ["value", "weight", "scale", "of R"]),
    ...parts.map((part, k) => row(names[k]!, cellsOf(part, k))),
    ...parts.flatMap(({ unscored }, k) =>
      unscored === undefined ? [] : [`${indent}Unscored by ${names[k]}: ${visibleLine(unscored)}`],
    ),
  ];
}

function criterionLines({ criteria, probabilities }: JudgedAnswer): string[] {
  if (!criteria) return [];
  const sum = probabilities?.reduce((total, p) => total + p, 0);
  return [
    "",
    probabilities ? "The judge's criteria, and how likely each is met:" : "The judge's criteria:",
    ...criteria.map((met, i) => {
      const likely = probabilities ? `${fixed(3)(probabilities[i]!)}   ` : "";
      return `${indent}${i + 1} ${met ? "■" : "□"} ${likely}${criterionNames[i]}`;
    }),
    ...(sum === undefined ? [] : [`${indent}Σ   ${fixed(3)(sum)}`]),
  ];
}
