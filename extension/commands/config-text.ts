import { join } from "node:path";
import * as vscode from "vscode";
import type { Problem } from "../../daemon/protocol.ts";

/** A config as an editor has it, saved or not. */
export interface ConfigText {
  readonly text: string;
  /** Names it in messages, and is the base of relative paths in it. */
  readonly file: string;
  readonly document: vscode.TextDocument;
}

/** Whether a document is a config, by its name. */
export function isConfig(document: vscode.TextDocument): boolean {
  return document.uri.path.endsWith(".sparring.yaml");
}

/** The config of a call (its document's URI), else the one in the active editor; undefined where there is none. */
export async function configText(uri: string | undefined): Promise<ConfigText | undefined> {
  const document =
    uri === undefined
      ? vscode.window.activeTextEditor?.document
      : await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  if (!document || !isConfig(document)) return undefined;
  return { text: document.getText(), file: fileOf(document.uri), document };
}

/** The path of a config; one that is not saved yet is thought to lie in the workspace's folder. */
function fileOf({ scheme, path, fsPath }: vscode.Uri): string {
  if (scheme === "file" || fsPath.startsWith("/")) return fsPath;
  return join(workspaceFolder() ?? "/", path);
}

/** The folder that is open, if any. */
export function workspaceFolder(): string | undefined {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
}

/** Where a problem's place (`file:line:column`, both from 1) lies in its document. */
export function positionOf(place: string | undefined): { readonly line: number; readonly character: number } {
  const match = /:(\d+)(?::(\d+))?$/.exec(place ?? "");
  return { line: Math.max(0, Number(match?.[1] ?? 1) - 1), character: Math.max(0, Number(match?.[2] ?? 1) - 1) };
}

/** Shows the first of a config's problems on its line, and says how many there are. */
export async function showProblems(document: vscode.TextDocument, problems: readonly Problem[]): Promise<void> {
  const [first] = problems;
  if (!first) return;
  const { line, character } = positionOf(first.place);
  const at = document.validatePosition(new vscode.Position(line, character));
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
