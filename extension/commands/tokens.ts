import * as vscode from "vscode";
import { type EditorCommands, roundOf, roundScheme } from "../../daemon/editor.ts";
import { SparringError } from "../../daemon/errors.ts";
import type { App } from "../app.ts";
import { TokenColours } from "../documents/token-colours.ts";
import type { Colouring } from "../documents/token-levels.ts";
import { pick } from "./pick.ts";

let colours: TokenColours | undefined;

/** Colours the tokens of the round that is read, or no longer. */
export async function colourTokens(app: App, { by }: EditorCommands["sparring.tokens"]): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== roundScheme || !roundOf(editor.document.uri.toString())) throw notARound();
  const chosen = by ?? (await pickColouring());
  if (chosen === undefined) return;
  if (!colours) {
    colours = new TokenColours(app);
    app.context.subscriptions.push(colours);
  }
  colours.show(chosen === "off" ? undefined : chosen);
}

function pickColouring(): Promise<Colouring | "off" | undefined> {
  return pick<Colouring | "off">("Colour tokens by what?", [
    { label: "Log-probability", description: "what the model did not expect to write", value: "logprob" },
    { label: "Advantage", description: "what it is to write more or less of", value: "advantage" },
    { label: "Nothing", value: "off" },
  ]);
}

function notARound(): SparringError {
  return new SparringError(
    "extension/not-a-round",
    "Tokens are coloured in the document of a round, and the active editor shows none.",
    "Run “Sparring: Read a Round…” first.",
  );
}
