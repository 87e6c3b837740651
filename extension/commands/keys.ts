import * as vscode from "vscode";
import type { App } from "../app.ts";
import { Keys, originOf } from "../daemon/keys.ts";
import { label } from "../text/label.ts";
import { pick } from "./pick.ts";

/** Asks for a judge's server and its key, and keeps the key in the editor's secret storage. */
export async function giveKey(app: App): Promise<void> {
  const address = await vscode.window.showInputBox({
    title: "Give a Key for a Judge's Server",
    prompt: "The server's address. The key is sent to this scheme, host and port alone.",
    placeHolder: "https://api.openai.com",
    ignoreFocusOut: true,
    validateInput: (text) => (originOf(text) === undefined ? "An address like https://api.example.com" : undefined),
  });
  const origin = address === undefined ? undefined : originOf(address);
  if (origin === undefined) return;
  const key = await vscode.window.showInputBox({
    title: `The Key for ${label(origin)}`,
    prompt: "Kept in the editor's secret storage, and in the daemon's memory. It is in no file, setting or log.",
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text === "" ? "A key" : undefined),
  });
  if (key === undefined) return;
  await new Keys(app.context.secrets, app.daemon).give(origin, key);
  vscode.window.setStatusBarMessage(`The key for ${label(origin)} is kept.`, 8_000);
}

/** Asks which key to forget. */
export async function forgetKey(app: App): Promise<void> {
  const keys = new Keys(app.context.secrets, app.daemon);
  const origins = await keys.origins();
  if (origins.length === 0) {
    const give = "Give a Key…";
    const chosen = await vscode.window.showInformationMessage("No key is kept, so there is none to forget.", give);
    if (chosen === give) await vscode.commands.executeCommand("sparring.giveKey");
    return;
  }
  const choices = origins.map((origin) => ({ label: label(origin), value: origin }));
  const origin = await pick("Forget the key for which server?", choices);
  if (origin === undefined) return;
  await keys.forget(origin);
  vscode.window.setStatusBarMessage(`The key for ${label(origin)} is forgotten.`, 8_000);
}
