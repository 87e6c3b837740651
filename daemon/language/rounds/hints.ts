import type { InlayHint, Range } from "vscode-languageserver";
import { isImitation, logprobPerToken, marginOf } from "../../documents/pairs.ts";
import type { AnswerPlace, QueryPlace, RoundDocument } from "../../documents/round-document.ts";
import { meanSelfReward } from "../../documents/round-head.ts";
import { positionOf, type TextPlace } from "../../documents/text-place.ts";
import { figure, signed } from "./figures.ts";
import type { HumanScore, HumanScores } from "./human-scores.ts";

/**
 * The scores beside the texts, at the end of each text's first line: V, mean R_Q and advantage of a query; R, R_Q, advantage and the
 * people's mean of an answer; of an imitation margins, D and implicit rewards. Only those in the lines of `range`.
 */
export function scoreHints({ places }: RoundDocument, human: HumanScores, range: Range): InlayHint[] {
  const isAsked = ({ first }: TextPlace): boolean => range.start.line <= first && first <= range.end.line;
  return places.flatMap((query) => [
    ...(isAsked(query.text) ? queryHints(query) : []),
    ...query.answers
      .filter(({ text }) => isAsked(text))
      .map((answer) => answerHint(answer, human(query.record.index, answer.index))),
  ]);
}

function queryHints(query: QueryPlace): InlayHint[] {
  const { record, text } = query;
  if (isImitation([record])) return exampleHints(query);
  const { V, advantage, tokens } = record;
  const selfReward = meanSelfReward(record);
  // Queries from data have no author who could learn.
  const parts = [`V ${figure(V)}`, ...(selfReward === null ? [] : [`R_Q ${figure(selfReward)}`])];
  if (tokens.length > 0) parts.push(`A ${signed(advantage)}`);
  const tooltip = "V: mean reward of the answers · R_Q: mean self-reward, 0–7 · A: the Challenger's advantage";
  return [hint(text, parts, tooltip)];
}

/** An example of an imitation: how far its answers are in order, where there are two. */
function exampleHints({ record, text }: QueryPlace): InlayHint[] {
  const margin = marginOf(record);
  if (margin === null) return [];
  const [first, second] = record.answers;
  const tooltip = `margin: r of the ${first.role} answer − r of the ${second.role} one`;
  return [hint(text, [`margin ${signed(margin, 3)}`], tooltip)];
}

function pairHint({ record, text }: AnswerPlace, human: HumanScore | undefined): InlayHint {
  const { D, implicit, advantage, reward } = record;
  const parts = [
    ...(D == null ? [`log π ${figure(logprobPerToken(record), 3)} a token`] : [`D ${signed(D, 3)}`]),
    ...(implicit == null ? [] : [`r ${signed(implicit, 3)}`]),
    `A ${signed(advantage, 3)}`,
    ...(reward === null ? [] : [`R ${figure(reward)}`]),
    ...rated(human),
  ];
  return hint(
    text,
    parts,
    "D: log-ratio to the reference, nat · r: implicit reward · A: −dL/dlogp, above 0 where the answer is made likelier · R: the verifier's reward · rated: mean by hand, 0–7",
  );
}

function rated(human: HumanScore | undefined): string[] {
  return human ? [`rated ${figure(human.mean)}${human.count > 1 ? ` ×${human.count}` : ""}`] : [];
}

function answerHint(answer: AnswerPlace, human: HumanScore | undefined): InlayHint {
  const { record, text } = answer;
  if (record.role !== undefined) return pairHint(answer, human);
  const { reward, selfReward, advantage, unscored } = record;
  const parts = [`R ${figure(reward)}`];
  if (selfReward !== null) parts.push(`R_Q ${figure(selfReward)}`);
  parts.push(`A ${signed(advantage)}`);
  if (unscored !== undefined) parts.push("unscored");
  parts.push(...rated(human));
  return hint(text, parts, "R: reward · R_Q: self-reward, 0–7 · A: the Solver's advantage · rated: mean by hand, 0–7");
}

function hint(text: TextPlace, parts: readonly string[], tooltip: string): InlayHint {
  const lineEnd = text.source.indexOf("\n");
  const position = positionOf(text, lineEnd < 0 ? text.source.length : lineEnd);
  return { position, label: parts.join(" · "), paddingLeft: true, tooltip };
}
