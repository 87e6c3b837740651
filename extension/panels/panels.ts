import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { visibleLine } from "../../daemon/text/visible.ts";
import type { PanelInputs, PanelName } from "../../webview/shared/messages.ts";
import { askingJudges } from "../commands/agree.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { raterName } from "../daemon/settings.ts";
import type { Runs } from "../runs/runs.ts";
import { Conversation } from "./conversation.ts";
import type { parseMessage } from "./messages.ts";
import { keyOf, titleOf } from "./names.ts";
import { pageOf } from "./page.ts";
import { panelNames } from "./verbs.ts";

/**
 * The panels of a window. Each shows one thing; asked for the same again, it comes to the front and shows what is new. What
 * validates inputs and messages is loaded with the first panel, before its page: no message comes earlier.
 */
export class Panels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #daemon: Daemon;
  readonly #runs: Runs;
  readonly #log: vscode.LogOutputChannel;
  readonly #open = new Map<string, { readonly panel: vscode.WebviewPanel; readonly conversation: Conversation }>();
  readonly #serializers: vscode.Disposable[];

  constructor(extension: vscode.Uri, daemon: Daemon, runs: Runs, log: vscode.LogOutputChannel) {
    this.#root = vscode.Uri.joinPath(extension, "dist", "webview");
    this.#daemon = daemon;
    this.#runs = runs;
    this.#log = log;
    this.#serializers = panelNames.map((name) => vscode.window.registerWebviewPanelSerializer(typeOf(name), this));
  }

  /** Opens a panel, or shows it something else. */
  async show<N extends PanelName>(name: N, input: PanelInputs[N]): Promise<void> {
    const { parseMessage } = await import("./messages.ts");
    const known = this.#open.get(keyOf(name, input));
    if (known) {
      known.panel.reveal();
      known.conversation.show(input);
      return;
    }
    const column = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(typeOf(name), titleOf(name, input), column, {
      retainContextWhenHidden: false,
    });
    this.#take(name, input, panel, parseMessage);
  }

  /** A window that opens again: `state` is the script's own, which keeps what it showed as `input`. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const [{ inputOf }, { parseMessage }] = await Promise.all([import("./inputs.ts"), import("./messages.ts")]);
    const name = panelNames.find((each) => typeOf(each) === panel.viewType)!;
    const kept = typeof state === "object" && state !== null && "input" in state ? state.input : state;
    const input = inputOf(name, kept) ?? inputOf(name, { run: this.#runs.all[0]?.id });
    if (input) this.#take(name, input, panel, parseMessage);
    else panel.dispose();
  }

  dispose(): void {
    for (const { panel } of [...this.#open.values()]) panel.dispose();
    for (const each of this.#serializers) each.dispose();
  }

  #take<N extends PanelName>(
    name: N,
    input: PanelInputs[N],
    panel: vscode.WebviewPanel,
    parse: typeof parseMessage,
  ): void {
    const { webview } = panel;
    webview.options = {
      enableScripts: true,
      localResourceRoots: [this.#root],
      enableCommandUris: false,
    };
    const conversation = new Conversation(name, input, {
      daemon: this.#daemon,
      runs: this.#runs,
      askingJudges: (ids, work) => askingJudges({ runs: this.#runs, daemon: this.#daemon }, ids, work),
      post: (message) => void webview.postMessage(message),
      setTitle: (title) => {
        panel.title = visibleLine(title);
      },
      runCommand: (command, args) => void vscode.commands.executeCommand(command, args),
      settings: () => ({ rater: raterName() }),
      log: (error) => this.#log.error(error instanceof Error ? error : String(error)),
    });
    const key = keyOf(name, input);
    this.#open.set(key, { panel, conversation });
    webview.onDidReceiveMessage((message: unknown) => {
      const valid = parse(message);
      if (valid) conversation.hear(valid);
      else this.#log.warn(`The ${name} panel posted something that is not a message.`);
    });
    panel.onDidDispose(() => {
      conversation.dispose();
      this.#open.delete(key);
    });
    const source = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.#root, file)).toString();
    webview.html = pageOf({
      panel: name,
      script: source(`${name}.js`),
      style: source(`${name}.css`),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString("base64url"),
    });
  }
}

function typeOf(name: PanelName): string {
  return `sparring.${name}`;
}
