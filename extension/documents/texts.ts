import * as vscode from "vscode";

/** Scheme of documents that are made here: results, logs and sides of a difference. */
export const textScheme = "sparring-text";

/** Read-only documents with a name, each a text that is kept while it is open. */
export class Texts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  #count = 0;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(textScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === textScheme) this.#texts.delete(uri.toString());
      }),
      this.#changed,
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#texts.get(uri.toString()) ?? "This text was made for a window that was closed. Run its command again.\n"
    );
  }

  /** A new document's URI. @param name what stands in its tab, with an extension for its language */
  add(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: textScheme, path: `/${++this.#count}/${name.replaceAll("/", "∕")}` });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  /** Opens a text to be read. */
  async show(name: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.add(name, text));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** VS Code's difference view of two texts. */
  async showDifference(title: string, left: string, right: string): Promise<void> {
    const sides = [this.add("left.txt", left), this.add("right.txt", right)] as const;
    await vscode.commands.executeCommand("vscode.diff", ...sides, title);
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }
}
