import { visible } from "./visible.ts";

/**
 * Stands before every line of a model's text. A text can't begin a line of the document, so it can't forge a heading; and
 * four spaces make it code in Markdown, so a preview renders nothing of it.
 */
export const margin = "    │ ";

/** The lines that show a text of others: what is hidden in it made visible, each behind the margin. */
export function marginLines(text: string): string[] {
  return visible(text)
    .split("\n")
    .map((line) => margin + line);
}
