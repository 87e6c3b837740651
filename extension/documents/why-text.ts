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
    "Query",
    margin(query.text),
    "",
    "Answer",
    margin(record.text),
    "",
  ];
  return lines.join("\n");
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
