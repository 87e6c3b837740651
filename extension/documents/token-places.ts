import { margin } from "../../daemon/text/margin.ts";
import { visibleLine } from "../../daemon/text/visible.ts";

/** The text of a query or, with `answer`, of one of its answers, in the lines of a round's document. */
export interface Part {
  readonly query: number;
  readonly answer?: number;
  /** Its first and its last line, from 0. */
  readonly first: number;
  readonly last: number;
}

/** A piece of one line; columns in UTF-16 units. */
export interface Segment {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** The texts of a round's document, in its order. No text of a model can forge a heading: each of its lines has the margin. */
export function partsOf(lines: readonly string[]): Part[] {
  const parts: Part[] = [];
  let query: number | undefined;
  let answer: number | undefined;
  for (let line = 0; line < lines.length; line++) {
    const heading = /^(##|###) (?:Query|Answer) (\d+)(?: |$)/.exec(lines[line]!);
    if (heading?.[1] === "##") [query, answer] = [Number(heading[2]), undefined];
    else if (heading) answer = Number(heading[2]);
    if (!heading || query === undefined) continue;
    const first = line + 1;
    let next = first;
    while (lines[next]?.startsWith(margin)) next++;
    if (next > first) parts.push({ query, ...(answer !== undefined && { answer }), first, last: next - 1 });
  }
  return parts;
}

/**
 * Where the tokens of a text stand in the document, for each token its segments: one a line, none for what is not shown there
 * (an end token, and what is cut from a long text).
 */
export function tokenSegments(lines: readonly string[], { first, last }: Part, tokens: readonly string[]): Segment[][] {
  let line = first;
  /** The text of this line so far. Accents count from their letter, so the line is looked at as a whole. */
  let text = "";
  let column = margin.length;
  return tokens.map((token) => {
    const segments: Segment[] = [];
    for (const [i, piece] of token.split("\n").entries()) {
      if (i > 0) [line, text, column] = [line + 1, "", margin.length];
      if (line > last) break;
      const shown = shownLine(text + piece);
      const to = margin.length + shown.length;
      if (!(lines[line] ?? "").slice(margin.length).startsWith(shown)) return segments;
      if (to > column) segments.push({ line, from: column, to });
      [text, column] = [text + piece, to];
    }
    return segments;
  });
}

/** A line as a round's document shows it: tabs stay tabs there. */
function shownLine(text: string): string {
  return text.split("\t").map(visibleLine).join("\t");
}
