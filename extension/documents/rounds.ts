import * as vscode from "vscode";
import { roundOf, roundScheme } from "../../daemon/editor.ts";
import type { Daemon } from "../daemon/daemon.ts";

/** Round documents, as the daemon renders them. They are asked for again with each new connection, as are their hints. */
export class RoundDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #daemon: Daemon;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
    const stop = daemon.onState((state) => {
      if (state !== "connected") return;
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === roundScheme) this.#changed.fire(uri);
    });
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(roundScheme, this),
      this.#changed,
      { dispose: stop },
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const place = roundOf(uri.toString());
    if (!place) return "This is not the address of a round.\n";
    const cancellation = new AbortController();
    token.onCancellationRequested(() => cancellation.abort());
    // A window that opens with this document has not connected yet; once it has, `onState` asks again.
    if (this.#daemon.state !== "connected")
      return `Waiting for the daemon, to read round ${place.round} of ${place.run}.\n`;
    return (await this.#daemon.request("sparring/round/document", place, cancellation)).text;
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }
}
