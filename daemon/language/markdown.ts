import { visibleLine } from "../text/visible.ts";

/** Text that a model, a file or a person wrote, as Markdown that shows it as it is, in one line: no markup, no link, no HTML. */
export function plainMarkdown(text: string): string {
  return visibleLine(text).replace(/[!-/:-@[-`{-~]/g, "\\$&");
}

/** Rows as a Markdown table; the cells are Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
