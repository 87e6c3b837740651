/**
 * Text that a model wrote, as a person may read it safely: characters that an editor obeys, or that nobody sees, are written
 * out as `‹U+202E›`. The mapping is one to one: a `‹` of the text itself is written out too, so nothing can be imitated.
 */

/**
 * Controls but for tab and line feed, direction overrides, zero-width and other invisible characters, line separators, lone
 * surrogates, private and unassigned code points, the opening mark itself, and accents beyond the second on one letter, which
 * would paint over the lines around.
 */
export const hidden =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800‹]|(?<=\p{M}{2})\p{M}/gu;

/**
 * Almost every text is this plain, and is told so much faster: ASCII, Latin, the most of Greek and Cyrillic, dashes and
 * quotation marks, kana, common Chinese characters, Hangul. Nothing in it may be `hidden`; a test looks at every character.
 */
const isPlain =
  /^[\t\n\x20-\x7e\xa0-\xac\xae-\u02ff\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u2038\u203b-\u205e\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/;

/** What is shown for a text: its lines stay lines. */
export function visible(text: string): string {
  return isPlain.test(text) ? text : text.replace(hidden, mark);
}

/** A text in one line: line feeds and tabs are written out too. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, mark);
}

/** Where an offset of the text lies in what is shown for it; both in UTF-16 units. */
export function shownOffset(text: string, offset: number): number {
  if (isPlain.test(text)) return offset;
  let shift = 0;
  for (const { index, 0: character } of text.matchAll(hidden)) {
    if (index >= offset) break;
    shift += mark(character).length - character.length;
  }
  return offset + shift;
}

/** The inverse: the offset in the text; one inside of a mark is that of the character it stands for. */
export function sourceOffset(text: string, shown: number): number {
  if (isPlain.test(text)) return shown;
  let shift = 0;
  for (const { index, 0: character } of text.matchAll(hidden)) {
    if (index + shift >= shown) break;
    const grown = mark(character).length - character.length;
    if (shown < index + shift + character.length + grown) return index;
    shift += grown;
  }
  return shown - shift;
}

/** What stands for a character: `‹U+202E›`. */
export function mark(character: string): string {
  return `‹U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}›`;
}
