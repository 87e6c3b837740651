import type { CodeLens } from "vscode-languageserver";
import type { EditorCommand, EditorCommands } from "../editor.ts";

/** A command of the editor above a line. */
export function lens<C extends EditorCommand>(
  line: number,
  title: string,
  command: C,
  argument: EditorCommands[C],
): CodeLens {
  const start = { line, character: 0 };
  return { range: { start, end: start }, command: { title, command, arguments: [argument] } };
}
