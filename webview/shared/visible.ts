import { hidden, mark } from "../../daemon/text/visible.ts";

/** A part of a text: `text` is what is shown, `source` what stands in the text; they differ where `written` is true. */
export interface Piece {
  readonly source: string;
  readonly text: string;
  /** Written out, because a person could not see it or it would change what is around it. */
  readonly written: boolean;
}

/** All that is never shown as it stands, and line feeds and tabs, which have signs of their own here. */
const unseen = new RegExp(`${hidden.source}|[\\n\\t]`, hidden.flags);

const marks: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥" };

/**
 * Text of a model, cut into what is shown as it stands and what is written out, e.g. `⏎` or `‹U+202E›`. The sources joined
 * are the text. With `lines`, line feeds stay line feeds, for a view that wraps.
 */
export function visiblePieces(text: string, lines = false): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  const addPlain = (until: number): void => {
    const source = text.slice(end, until);
    if (source) pieces.push({ source, text: source, written: false });
  };
  for (const match of text.matchAll(unseen)) {
    const [source] = match;
    if (lines && source === "\n") continue;
    addPlain(match.index);
    pieces.push({ source, text: marks[source] ?? mark(source), written: true });
    end = match.index + source.length;
  }
  addPlain(text.length);
  return pieces;
}

/** The same as one string, for labels and titles. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => piece.text)
    .join("");
}

/** The first `limit` UTF-16 units, one fewer where that would cut a character in two. */
export function clipped(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const high = text.charCodeAt(limit - 1);
  return text.slice(0, high >= 0xd800 && high < 0xdc00 ? limit - 1 : limit);
}
