import type { Position, TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";

/** A text with one `¦` in it, as the text without it and the position where it was. */
export function marked(withMark: string): { readonly text: string; readonly position: Position } {
  const at = withMark.indexOf("¦");
  if (at < 0) throw new Error("the text has no mark");
  const text = withMark.replace("¦", "");
  return { text, position: TextDocument.create("", "", 0, text).positionAt(at) };
}

/** A text after edits, as an editor makes them. */
export function edited(text: string, edits: TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create("", "", 0, text), edits);
}
