import * as vscode from "vscode";
import type { App } from "../app.ts";
import { type Status, statusOf } from "./status-text.ts";

/** The run that is active, in the status bar. */
export class StatusItem implements vscode.Disposable {
  readonly #app: Pick<App, "daemon" | "runs">;
  readonly #item = vscode.window.createStatusBarItem("sparring.status", vscode.StatusBarAlignment.Left, 10);
  readonly #endings: (() => void)[];

  constructor(app: Pick<App, "daemon" | "runs">) {
    this.#app = app;
    this.#item.name = "Sparring";
    const show = (): void => this.#show();
    this.#endings = [app.runs.onChange(show), app.runs.onProgress(show), app.daemon.onState(show)];
    show();
    this.#item.show();
  }

  dispose(): void {
    for (const end of this.#endings) end();
    this.#item.dispose();
  }

  #show(): void {
    const { daemon, runs } = this.#app;
    const run = runs.active;
    const progress = run && runs.progressOf(run.id);
    const holder = run?.waitsFor === undefined ? undefined : runs.get(run.waitsFor);
    const why = daemon.problem && `${daemon.problem.message} ${daemon.problem.next}`;
    const status = statusOf({
      connection: daemon.state,
      ...(why !== undefined && { why }),
      ...(run && { run, alarms: runs.alarmsOf(run.id), waiting: runs.waitingFor(run.id), holder }),
      ...(progress && { progress }),
    });
    this.#item.text = status.text;
    this.#item.accessibilityInformation = { label: `Sparring: ${status.facts.join(". ")}` };
    this.#item.command = { title: "", command: status.command, arguments: run ? [{ run: run.id }] : [] };
    this.#item.backgroundColor = status.isWarning
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    this.#item.tooltip = tooltipOf(status, run?.id);
  }
}

/** Facts as plain text, then links. Only commands of Sparring are links here. */
function tooltipOf({ facts }: Status, run: string | undefined): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.isTrusted = {
    enabledCommands: ["sparring.openRounds", "sparring.pause", "sparring.stop", "sparring.showLog", "sparring.start"],
  };
  for (const fact of facts) tooltip.appendText(`${fact}\n`);
  const args = run === undefined ? "" : `?${encodeURIComponent(JSON.stringify([{ run }]))}`;
  const links =
    run === undefined
      ? { start: "Start a run", showLog: "Log" }
      : { openRounds: "Rounds", pause: "Pause", stop: "Stop", showLog: "Log" };
  const text = Object.entries(links).map(([command, title]) => `[${title}](command:sparring.${command}${args})`);
  tooltip.appendMarkdown(`\n\n${text.join(" · ")}`);
  return tooltip;
}
