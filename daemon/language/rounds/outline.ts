import { type DocumentSymbol, type FoldingRange, type Range, SymbolKind } from "vscode-languageserver";
import type { AnswerPlace, QueryPlace, RoundDocument } from "../../documents/round-document.ts";
import type { LineRange } from "../../documents/text-place.ts";
import { visibleLine } from "../../text/visible.ts";
import { figure } from "./figures.ts";

/** As much of a text as its line in an outline shows, characters. */
const maxExcerpt = 60;

/** Queries with their answers, for outline and breadcrumbs. */
export function roundSymbols({ places }: RoundDocument): DocumentSymbol[] {
  return places.map((query) => ({
    ...symbol(query, `Query ${query.record.index}`, query.record.text),
    detail: query.record.admitted ? `V ${figure(query.record.V)}` : "not admitted",
    kind: SymbolKind.Class,
    children: query.answers.map(answerSymbol),
  }));
}

/** Each query with its answers, and each answer, folds into its heading. */
export function roundFoldings({ places }: RoundDocument): FoldingRange[] {
  return places.flatMap((query) =>
    [query, ...query.answers].map(({ first, last }) => ({ startLine: first, endLine: last })),
  );
}

function answerSymbol(answer: AnswerPlace): DocumentSymbol {
  const { reward, text } = answer.record;
  return { ...symbol(answer, `Answer ${answer.index}`, text), detail: `R ${figure(reward)}`, kind: SymbolKind.String };
}

function symbol(
  place: QueryPlace | AnswerPlace,
  title: string,
  text: string,
): Pick<DocumentSymbol, "name" | "range" | "selectionRange"> {
  const excerpt = text.length > maxExcerpt ? `${text.slice(0, maxExcerpt)}…` : text;
  const heading = { first: place.first, last: place.first };
  return { name: `${title}: ${visibleLine(excerpt)}`, range: wholeLines(place), selectionRange: wholeLines(heading) };
}

/** Lines without the end of the last one: where a line ends is clamped by the editor, as LSP says. */
function wholeLines({ first, last }: LineRange): Range {
  return { start: { line: first, character: 0 }, end: { line: last, character: maxCharacter } };
}

/** The largest number that LSP allows for a position. */
const maxCharacter = 2_147_483_647;
