import type { RunPlace } from "../../daemon/editor.ts";
import type { ResultOf } from "../../daemon/protocol.ts";
import { fixed, signed } from "../../daemon/text/numbers.ts";
import { visible, visibleLine } from "../../daemon/text/visible.ts";

type Query = ResultOf<"sparring/round/get">["queries"][number];

/** How an answer came to its score, as a text to be read: its rewards, the judge's criteria and words, its place in its group. */
export function whyText(
  { run, round }: Pick<Required<RunPlace>, "run" | "round">,
  query: Query,
  answer: number,
): string {
  const record = query.answers[answer]!;
  if (record.role !== undefined) return pairText({ run, round }, query, answer);
  const { reward, selfReward, advantage, criteria, rationale, unscored, stop, tokens, logprobs, referenceLogprobs } =
    record;
  const rewards = query.answers.flatMap((each) => each.reward ?? []);
  const logprob = sum(logprobs);
  const lines = [
    `${run} · round ${round} · query ${query.index} · answer ${answer}`,
    "",
    `R    ${fixed(3)(reward)}   reward of the verifier or reward model`,
    `R_Q  ${fixed(1)(selfReward)}   self-reward, 0 to 7`,
    `A    ${signed(3)(advantage)}   advantage among the ${query.answers.length} answers (R: ${rewards.map(fixed(2)).join(", ") || "–"})`,
    ...(rewards.length > 1 && new Set(rewards).size === 1
      ? ["     All answers earned the same R, so R alone tells none of them apart."]
      : []),
    ...(unscored === undefined ? [] : [`     Unscored: ${visibleLine(unscored)}`]),
    ...(query.expected === undefined ? [] : [`     The verifier expects: ${visibleLine(query.expected)}`]),
    "",
    criteria
      ? `Criteria met   ${criteria.map((met, i) => `${i + 1}${met ? " ■" : " □"}`).join("  ")}`
      : "Criteria       The judge gave none.",
    ...(rationale === undefined ? [] : [`The judge says  ${visibleLine(rationale)}`]),
    "",
    `Length         ${tokens.length} tokens, ${stop === "length" ? "cut at the token limit" : "ended by the model"}`,
    `Log-probability ${fixed(2)(logprob)} nat, ${fixed(3)(tokens.length === 0 ? null : logprob / tokens.length)} a token`,
    `  minus the reference's ${signed(2)(referenceLogprobs.length === 0 ? null : logprob - sum(referenceLogprobs))} nat`,
    "",
    ...texts(query, answer),
  ];
  return lines.join("\n");
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
  return ["Query", margin(query.text), "", "Answer", margin(query.answers[answer]!.text), ""];
}

/** Each line of a model's text stands behind a margin, so that it can't pass for a line of ours. */
export function margin(text: string): string {
  return visible(text)
    .split("\n")
    .map((line) => `    │ ${line}`)
    .join("\n");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
