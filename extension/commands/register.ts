import * as vscode from "vscode";
import type { EditorCommand } from "../../daemon/editor.ts";
import type { App } from "../app.ts";
import { commandFaces } from "./table.ts";

/** Registers every command. What they do is loaded with the first that is called, which waits for it. */
export function registerCommands(app: App): vscode.Disposable {
  const register = (command: EditorCommand): vscode.Disposable =>
    vscode.commands.registerCommand(command, async (first: unknown) =>
      (await import("./handlers.ts")).runCommand(app, command, first),
    );
  return vscode.Disposable.from(...(Object.keys(commandFaces) as EditorCommand[]).map(register));
}
