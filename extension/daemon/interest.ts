import * as vscode from "vscode";
import { roundScheme } from "../../daemon/editor.ts";
import { isConfig } from "../commands/config-text.ts";

/**
 * Whether this window has to do with Sparring: its view is open, or a config or a round is, or its folder has a config. Only such a
 * window starts a daemon unasked; any other one just connects to a daemon that runs.
 */
export class Interest implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[];
  readonly #begin: () => void;
  #isThere = false;

  /** @param begin called once, when the interest begins */
  constructor(view: vscode.TreeView<unknown>, begin: () => void) {
    this.#begin = begin;
    this.#subscriptions = [
      view.onDidChangeVisibility(({ visible }) => visible && this.#found()),
      vscode.workspace.onDidOpenTextDocument((document) => this.#look(document)),
    ];
    if (view.visible) this.#found();
    for (const document of vscode.workspace.textDocuments) this.#look(document);
    void vscode.workspace.findFiles("**/*.sparring.yaml", "**/node_modules/**", 1).then(({ length }) => {
      if (length > 0) this.#found();
    });
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  #look(document: vscode.TextDocument): void {
    if (isConfig(document) || document.uri.scheme === roundScheme) this.#found();
  }

  #found(): void {
    if (this.#isThere) return;
    this.#isThere = true;
    this.#begin();
  }
}
