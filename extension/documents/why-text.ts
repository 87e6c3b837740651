import type { RunPlace } from "../../daemon/editor.ts";
import type { ResultOf } from "../../daemon/protocol.ts";
import { marginLines } from "../../daemon/text/margin.ts";
import { fixed, signed } from "../../daemon/text/numbers.ts";
import { visibleLine } from "../../daemon/text/visible.ts";
import { whyLines } from "../../daemon/text/why-lines.ts";
import type { Scoring } from "../../daemon/text/why-score.ts";

type Query = ResultOf<"sparring/round/get">["queries"][number];

/** How an answer came to its score, as a text to be read: its rewards, what the judges said, its place in its group. */
export function whyText(
  { run, round }: Pick<Required<RunPlace>, "run" | "round">,
  query: Query,
  answer: number,
  scoring: Scoring,
): string {
  const record = query.answers[answer]!;
  if (record.role !== undefined) return pairText({ run, round }, query, answer);
  const { stop, tokens, logprobs, referenceLogprobs } = record;
  const logprob = sum(logprobs);
  const lines = [
    `${run} · round ${round} · query ${query.index} · answer ${answer}`,
    "",
    ...whyLines(query, answer, scoring),
    "",
    ...groupLines(query),
    `Length         ${tokens.length} tokens, ${stop === "length" ? "cut at the token limit" : "ended by the model"}`,
    `Log-probability ${fixed(2)(logprob)} nat, ${fixed(3)(tokens.length === 0 ? null : logprob / tokens.length)} a token`,
    `  minus the reference's ${signed(2)(referenceLogprobs.length === 0 ? null : logprob - sum(referenceLogprobs))} nat`,
    "",
    ...texts(query, answer),
  ];
  return lines.join("\n");
}

/** What all answers to the query got. */
function groupLines({ answers }: Query): string[] {
  const row = (label: string, values: readonly (number | null)[]): string =>
    `${label.padEnd(15)}${values.map(fixed(3)).join(", ")}`;
  const selfRewards = answers.map(({ selfReward }) => selfReward);
  return [
    row(
      "R of the group",
      answers.map(({ reward }) => reward),
    ),
    ...(selfRewards.some((value) => value !== null) ? [row("R_Q", selfRewards)] : []),
  ];
}

/** What an imitation makes of an answer, beside the other answers of its example. */
function pairText({ run, round }: Pick<Required<RunPlace>, "run" | "round">, query: Query, answer: number): string {
  const { answers, expected, line } = query;
  const table = answers.map((each, index) => {
    const { role, D, implicit, advantage, reward, tokens, logprobs } = each;
    const cells = [signed(3)(D ?? null), signed(3)(implicit ?? null), signed(4)(advantage), fixed(2)(reward)];
    const sizes = [fixed(2)(sum(logprobs)), String(tokens.length)];
    const row = [...cells, ...sizes].map((cell) => cell.padStart(11)).join("");
    return `${index === answer ? "▸" : " "} ${(role ?? "").padEnd(10)}${row}`;
  });
  const heads = ["D, nat", "r", "−dL/dlogp", "R", "log π", "tokens"].map((head) => head.padStart(11)).join("");
  const author = answers[answer]!.opponent;
  const source =
    author === undefined ? `data${line === undefined ? "" : `, line ${line}`}` : `opponent of iteration ${author}`;
  const lines = [
    `${run} · round ${round} · query ${query.index} · answer ${answer}`,
    "",
    `  ${"".padEnd(10)}${heads}`,
    ...table,
    "",
    "D          log-probability minus the reference's",
    "r          implicit reward: D as the loss weighs it",
    "−dL/dlogp  above 0 the answer is made likelier, below 0 less likely; 0: it was skipped",
    "R          reward of the verifier, where the task has one; the loss does not see it",
    "",
    `This answer is from: ${source}`,
    ...(expected === undefined ? [] : [`The verifier expects: ${visibleLine(expected)}`]),
    "",
    ...texts(query, answer),
  ];
  return lines.join("\n");
}

function texts(query: Query, answer: number): string[] {
  return ["Query", ...marginLines(query.text), "", "Answer", ...marginLines(query.answers[answer]!.text), ""];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
