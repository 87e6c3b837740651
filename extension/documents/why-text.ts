import type { RunPlace } from "../../daemon/editor.ts";
import type { ResultOf } from "../../daemon/protocol.ts";
import { fixed, signed } from "../text/numbers.ts";
import { visible, visibleLines } from "../text/visible.ts";

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
    `R    ${fixed(reward, 3)}   reward of the verifier or reward model`,
    `R_Q  ${fixed(selfReward, 1)}   self-reward, 0 to 7`,
    `A    ${signed(advantage, 3)}   advantage among the ${query.answers.length} answers (R: ${rewards.map((each) => fixed(each, 2)).join(", ") || "–"})`,
    ...(rewards.length > 1 && new Set(rewards).size === 1
      ? ["     All answers earned the same R, so R alone tells none of them apart."]
      : []),
    ...(unscored === undefined ? [] : [`     Unscored: ${visible(unscored)}`]),
    ...(query.expected === undefined ? [] : [`     The verifier expects: ${visible(query.expected)}`]),
    "",
    criteria
      ? `Criteria met   ${criteria.map((met, i) => `${i + 1}${met ? " ■" : " □"}`).join("  ")}`
      : "Criteria       The judge gave none.",
    ...(rationale === undefined ? [] : [`The judge says  ${visible(rationale)}`]),
    "",
    `Length         ${tokens.length} tokens, ${stop === "length" ? "cut at the token limit" : "ended by the model"}`,
    `Log-probability ${fixed(logprob, 2)} nat, ${fixed(tokens.length === 0 ? null : logprob / tokens.length, 3)} a token`,
    `  minus the reference's ${signed(referenceLogprobs.length === 0 ? null : logprob - sum(referenceLogprobs), 2)} nat`,
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
  return visibleLines(text)
    .split("\n")
    .map((line) => `    │ ${line}`)
    .join("\n");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
