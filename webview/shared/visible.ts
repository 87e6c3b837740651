/** A part of a text: `text` is what is shown, `source` what stands in the text; they differ where `written` is true. */
export interface Piece {
  readonly source: string;
  readonly text: string;
  /** Written out, because a person could not see it or it would change what is around it. */
  readonly written: boolean;
}

/**
 * As in round documents (`daemon/documents/visible.ts`): control characters and escapes, direction overrides, zero-width and
 * other invisible characters, line separators, lone surrogates, private and unassigned code points, the opening mark itself so
 * that nothing can be imitated, and accents beyond the second on one letter, which would paint over the lines around.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800‹]|(?<=\p{M}{2})\p{M}/gu;

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
    pieces.push({ source, text: marks[source] ?? codePoint(source), written: true });
    end = match.index + source.length;
  }
  addPlain(text.length);
  return pieces;
}

function codePoint(character: string): string {
  return `‹U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}›`;
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
