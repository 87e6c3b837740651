import { type DocumentSymbol, type FoldingRange, type Range, SymbolKind } from "vscode-languageserver";
import { isImitation, marginOf } from "../../documents/pairs.ts";
import type { AnswerPlace, QueryPlace, RoundDocument } from "../../documents/round-document.ts";
import type { LineRange } from "../../documents/text-place.ts";
import type { QueryRecord } from "../../store/records.ts";
import { visibleLine } from "../../text/visible.ts";
import { figure, signed } from "./figures.ts";

/** As much of a text as its line in an outline shows, characters. */
const maxExcerpt = 60;

/** Queries with their answers, for outline and breadcrumbs. */
export function roundSymbols({ places }: RoundDocument): DocumentSymbol[] {
  return places.map((query) => ({
    ...symbol(query, `Query ${query.record.index}`, query.record.text),
    detail: queryDetail(query.record),
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
  const { reward, role, D, text } = answer.record;
  const ratio = D == null ? "" : ` · D ${signed(D, 3)}`;
  const detail = role === undefined ? `R ${figure(reward)}` : `${role}${ratio}`;
  return { ...symbol(answer, `Answer ${answer.index}`, text), detail, kind: SymbolKind.String };
}

function queryDetail(query: QueryRecord): string {
  if (!query.admitted) return "not admitted";
  const margin = marginOf(query);
  if (margin !== null) return `margin ${signed(margin, 3)}`;
  return isImitation([query]) ? "" : `V ${figure(query.V)}`;
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
