import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { App } from "./app.ts";
import { registerCommands } from "./commands/register.ts";
import { report } from "./commands/report.ts";
import { Daemon } from "./daemon/daemon.ts";
import { Interest } from "./daemon/interest.ts";
import { startsDaemon } from "./daemon/settings.ts";
import { RoundDocuments } from "./documents/rounds.ts";
import { Texts } from "./documents/texts.ts";
import { Panels } from "./panels/panels.ts";
import { notifyOfRuns } from "./runs/notifier.ts";
import { Runs } from "./runs/runs.ts";
import { StatusItem } from "./runs/status-item.ts";
import { RunTree } from "./runs/tree-view.ts";
import { label } from "./text/label.ts";

let daemon: Daemon | undefined;
let interest: Interest | undefined;

/** Called by VS Code when the window needs the extension. Nothing here waits for the daemon. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Sparring", { log: true });
  daemon = new Daemon({
    // The language client and the schemas are most of the bundle, and are needed once there is a connection.
    open: async (start) => (await import("./daemon/link.ts")).openLink(context.extensionPath, log, start),
    startsUnasked: () => interest?.isThere === true && startsDaemon(),
    wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
    log: (level, line) => log[level](line),
  });
  const reportInLog = (error: unknown): void => log.warn(error instanceof Error ? error.message : String(error));
  const runs = new Runs(daemon, reportInLog);
  const app: App = {
    context,
    daemon,
    runs,
    log,
    texts: new Texts(),
    panels: new Panels(context.extensionUri, daemon, runs, log),
  };
  const tree = new RunTree(app, reportInLog);
  const view = vscode.window.createTreeView("sparring.runs", { treeDataProvider: tree, showCollapseAll: true });
  context.subscriptions.push(
    log,
    app.texts,
    app.panels,
    tree,
    view,
    new RoundDocuments(daemon),
    new StatusItem(app),
    notifyOfRuns(app),
    registerCommands(app),
    followConnection(app),
  );
  interest = new Interest(view, () => {
    // What fails is told by the connection's state.
    if (startsDaemon()) app.daemon.reach().catch(() => {});
  });
  context.subscriptions.push(interest);
  daemon.start();
}

/** Called by VS Code when the window closes. The daemon, and every run in it, goes on. */
export async function deactivate(): Promise<void> {
  await daemon?.dispose();
}

/** Tells menus and welcome texts whether the daemon is there, and a person once when it can't be reached. */
function followConnection({ context, daemon, log, runs }: App): vscode.Disposable {
  let told = "";
  const endings = [
    daemon.onState((state) => {
      void vscode.commands.executeCommand("setContext", "sparring.connection", state);
      const { problem, notice } = daemon;
      if (notice !== undefined && notice !== told) {
        told = notice;
        void tellNotice(notice);
      }
      // That none runs, where none is to be started unasked, is no news.
      if (!problem || problem.code === "client/no-daemon" || problem.message === told) return;
      told = problem.message;
      void report(problem, log);
    }),
    daemon.onState((state) => {
      if (state !== "connected") return;
      giveKeys(context, daemon).catch((error: Error) =>
        log.warn(`Keys were not given to the daemon: ${error.message}`),
      );
    }),
    runs.onChange(() => void vscode.commands.executeCommand("setContext", "sparring.hasRuns", runs.all.length > 0)),
  ];
  return { dispose: () => endings.forEach((end) => void end()) };
}

/** A daemon has keys in memory only: each one that is reached gets those that the editor keeps. */
async function giveKeys({ secrets }: vscode.ExtensionContext, daemon: Daemon): Promise<void> {
  const { Keys } = await import("./daemon/keys.ts");
  await new Keys(secrets, daemon).giveAll();
}

/** The daemon is of another version: it goes on, and a person chooses when to replace it. */
async function tellNotice(notice: string): Promise<void> {
  const restart = "Restart Daemon";
  if ((await vscode.window.showWarningMessage(label(notice), restart)) !== restart) return;
  await vscode.commands.executeCommand("sparring.restartDaemon");
}
