import { visibleLine } from "../../daemon/text/visible.ts";

/**
 * Text for a label or a notification of VS Code, which reads `$(name)` as an icon and `[text](command:…)` as a link: both
 * are broken, so that a model's text stays text.
 */
export function label(text: string): string {
  return visibleLine(text).replaceAll("$(", "$ (").replaceAll("](", "] (");
}

/** At most so many characters, with an ellipsis for what was cut. */
export function shortened(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length)];
  return characters.length <= length && text.length <= 2 * length
    ? text
    : `${characters.slice(0, length - 1).join("")}…`;
}
