import type { AnswerRecord, QueryRecord } from "../store/records.ts";
import { marginLines } from "../text/margin.ts";
import { visibleLine } from "../text/visible.ts";
import { isImitation, skipReason, worstFirst } from "./pairs.ts";
import { type RoundFacts, roundHead } from "./round-head.ts";
import type { LineRange, TextPlace } from "./text-place.ts";

/** An answer and its lines: the heading first, then its text. */
export interface AnswerPlace extends LineRange {
  /** Its index among the query's answers. */
  readonly index: number;
  readonly record: AnswerRecord;
  readonly text: TextPlace;
}

/** A query and its lines: the heading, its text, then its answers. */
export interface QueryPlace extends LineRange {
  readonly record: QueryRecord;
  readonly text: TextPlace;
  readonly answers: readonly AnswerPlace[];
}

/** A round as a text, and where its queries and answers stand in it. */
export interface RoundDocument extends RoundFacts {
  readonly text: string;
  /** In the order of the text. */
  readonly places: readonly QueryPlace[];
}

/** A document ends when it is about this long, UTF-16 units. */
const maxLength = 2_000_000;
/** A longer text of a query or an answer is cut, UTF-16 units. */
const maxTextLength = 100_000;

/**
 * Renders a round to be read: a head with figures, then queries, the hardest or worst first, each with its answers. The same facts give
 * the same text. Scores are not in it: an editor shows them beside the lines.
 */
export function roundDocument(facts: RoundFacts): RoundDocument {
  const page = new Page(roundHead(facts));
  const places: QueryPlace[] = [];
  const queries = isImitation(facts.queries) ? worstFirst(facts.queries) : hardestFirst(facts.queries);
  for (const query of queries) {
    if (page.isFull) break;
    places.push(writeQuery(page, query));
  }
  const leftOut = leftOutNote(queries, places);
  if (leftOut !== undefined) page.add(["", leftOut]);
  return { ...facts, text: page.text(), places };
}

/** Admitted queries by rising V, those without one after them, and at last those that were not admitted. */
export function hardestFirst(queries: readonly QueryRecord[]): QueryRecord[] {
  const rank = ({ admitted, V }: QueryRecord): number =>
    admitted ? (V ?? Number.MAX_VALUE) : Number.POSITIVE_INFINITY;
  return queries.toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x === y ? a.index - b.index : x - y;
  });
}

function writeQuery(page: Page, query: QueryRecord): QueryPlace {
  page.add([""]);
  const first = page.add([queryHeading(query)]);
  const text = writeText(page, query.text);
  const answers: AnswerPlace[] = [];
  for (const [index, record] of query.answers.entries()) {
    if (page.isFull) break;
    page.add([""]);
    const heading = page.add([answerHeading(index, record)]);
    const place = writeText(page, record.text);
    answers.push({ first: heading, last: page.lastLine, index, record, text: place });
  }
  return { first, last: page.lastLine, record: query, text, answers };
}

function queryHeading(query: QueryRecord): string {
  const { index, admitted, reason, text, stop, expected, line } = query;
  const skip = line === undefined ? undefined : skipReason(query);
  return [
    `## Query ${index}`,
    ...(admitted ? [] : ["not admitted"]),
    ...(reason === undefined ? [] : [visibleLine(reason)]),
    ...remarks(text, stop),
    ...(line === undefined ? [] : [`line ${line} of the data`]),
    ...(expected === undefined ? [] : [`expected: ${visibleLine(expected)}`]),
    ...(skip === undefined ? [] : [`skipped: ${skip}`]),
  ].join(" · ");
}

function answerHeading(index: number, { text, stop, tokens, role, opponent }: AnswerRecord): string {
  const length = `${tokens.length} ${tokens.length === 1 ? "token" : "tokens"}`;
  const author = opponent === undefined ? "" : ` by the opponent of iteration ${opponent}`;
  const part = role === undefined ? [] : [`${role}${author}`];
  return [`### Answer ${index}`, ...part, length, ...remarks(text, stop)].join(" · ");
}

function remarks(text: string, stop: "stop" | "length" | undefined): string[] {
  return [...(text === "" ? ["empty"] : []), ...(stop === "length" ? ["cut at the token limit"] : [])];
}

function writeText(page: Page, text: string): TextPlace {
  const source = text.slice(0, shownLength(text));
  const leftOut = text.length - source.length;
  // After a heading, Markdown takes the indented lines for code.
  const first = page.add(marginLines(source));
  const last = page.lastLine;
  if (leftOut > 0) page.add(["", `(The text goes on for ${leftOut} characters.)`]);
  return { first, last, source, leftOut };
}

/** A surrogate pair is not cut apart. */
function shownLength(text: string): number {
  if (text.length <= maxTextLength) return text.length;
  return /[\uD800-\uDBFF]/.test(text[maxTextLength - 1]) ? maxTextLength - 1 : maxTextLength;
}

function leftOutNote(queries: readonly QueryRecord[], places: readonly QueryPlace[]): string | undefined {
  const count = (each: readonly { readonly answers: readonly unknown[] }[]): number =>
    each.reduce((sum, { answers }) => sum + answers.length, 0);
  const missing = { queries: queries.length - places.length, answers: count(queries) - count(places) };
  if (missing.queries === 0 && missing.answers === 0) return undefined;
  return `(The document ends here, at about 2 MB: ${missing.queries} queries and ${missing.answers} answers are left out. They are in the run's samples folder.)`;
}

/** Lines, as they are written. */
class Page {
  readonly #lines: string[];
  #length: number;

  constructor(lines: readonly string[]) {
    this.#lines = [...lines];
    this.#length = lengthOf(lines);
  }

  get lastLine(): number {
    return this.#lines.length - 1;
  }

  get isFull(): boolean {
    return this.#length > maxLength;
  }

  /** Appends lines. @returns the first one's number */
  add(lines: readonly string[]): number {
    const first = this.#lines.length;
    for (const line of lines) this.#lines.push(line);
    this.#length += lengthOf(lines);
    return first;
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
