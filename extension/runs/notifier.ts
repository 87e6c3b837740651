import * as vscode from "vscode";
import type { App } from "../app.ts";
import { type Notice, noticeOfChange, StuckNotices } from "./notices.ts";

const show = {
  information: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** Tells of runs that finished, failed or are stuck. @returns what ends it */
export function notifyOfRuns({ runs }: Pick<App, "runs">): vscode.Disposable {
  const stuck = new StuckNotices();
  const endings = [
    runs.onChange((change) => change && void tell(noticeOfChange(change), change.after.id)),
    runs.onProgress((progress) => void tell(stuck.of(progress), progress.run)),
  ];
  return { dispose: () => endings.forEach((end) => void end()) };
}

async function tell(notice: Notice | undefined, run: string): Promise<void> {
  if (!notice) return;
  const chosen = await show[notice.level](notice.text, ...notice.actions.map(({ title }) => title));
  const action = notice.actions.find(({ title }) => title === chosen);
  if (action) await vscode.commands.executeCommand(action.command, { run });
}
