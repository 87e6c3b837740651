/**
 * As in round documents (`daemon/documents/visible.ts`): characters that an editor obeys or that nobody sees, the opening mark
 * itself, and accents beyond the second on one letter.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800‹]|(?<=\p{M}{2})\p{M}/gu;

/** Text of a model or a file in one line, with what can't be seen written out, e.g. `‹U+202E›`. */
export function visible(text: string): string {
  return text.replace(unseen, (char) => `‹U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}›`);
}

/** The same for a text of several lines, whose line feeds and tabs stay. */
export function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split("\t").map(visible).join("\t"))
    .join("\n");
}

/**
 * Text for a label or a notification of VS Code, which reads `$(name)` as an icon and `[text](command:…)` as a link: both
 * are broken, so that a model's text stays text.
 */
export function label(text: string): string {
  return visible(text).replaceAll("$(", "$ (").replaceAll("](", "] (");
}

/** At most so many characters, with an ellipsis for what was cut. */
export function shortened(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length)];
  return characters.length <= length && text.length <= 2 * length
    ? text
    : `${characters.slice(0, length - 1).join("")}…`;
}
