import type { InlayHint, Range } from "vscode-languageserver";
import type { AnswerPlace, QueryPlace, RoundDocument } from "../../documents/round-document.ts";
import { meanSelfReward } from "../../documents/round-head.ts";
import { positionOf, type TextPlace } from "../../documents/text-place.ts";
import { figure, signed } from "./figures.ts";
import type { HumanScore, HumanScores } from "./human-scores.ts";

/**
 * The scores beside the texts, at the end of each text's first line: V, mean R_Q and advantage of a query; R, R_Q, advantage and the
 * people's mean of an answer. Only those in the lines of `range`.
 */
export function scoreHints({ places }: RoundDocument, human: HumanScores, range: Range): InlayHint[] {
  const isAsked = ({ first }: TextPlace): boolean => range.start.line <= first && first <= range.end.line;
  return places.flatMap((query) => [
    ...(isAsked(query.text) ? [queryHint(query)] : []),
    ...query.answers
      .filter(({ text }) => isAsked(text))
      .map((answer) => answerHint(answer, human(query.record.index, answer.index))),
  ]);
}

function queryHint({ record, text }: QueryPlace): InlayHint {
  const { V, advantage, tokens } = record;
  const selfReward = meanSelfReward(record);
  // Queries from data have no author who could learn.
  const parts = [`V ${figure(V)}`, ...(selfReward === null ? [] : [`R_Q ${figure(selfReward)}`])];
  if (tokens.length > 0) parts.push(`A ${signed(advantage)}`);
  return hint(
    text,
    parts,
    "V: mean reward of the answers · R_Q: mean self-reward, 0–7 · A: the Challenger's advantage",
  );
}

function answerHint({ record, text }: AnswerPlace, human: HumanScore | undefined): InlayHint {
  const { reward, selfReward, advantage, unscored } = record;
  const parts = [`R ${figure(reward)}`];
  if (selfReward !== null) parts.push(`R_Q ${figure(selfReward)}`);
  parts.push(`A ${signed(advantage)}`);
  if (unscored !== undefined) parts.push("unscored");
  if (human) parts.push(`rated ${figure(human.mean)}${human.count > 1 ? ` ×${human.count}` : ""}`);
  return hint(text, parts, "R: reward · R_Q: self-reward, 0–7 · A: the Solver's advantage · rated: mean by hand, 0–7");
}

function hint(text: TextPlace, parts: readonly string[], tooltip: string): InlayHint {
  const lineEnd = text.source.indexOf("\n");
  const position = positionOf(text, lineEnd < 0 ? text.source.length : lineEnd);
  return { position, label: parts.join(" · "), paddingLeft: true, tooltip };
}
