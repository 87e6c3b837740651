import * as vscode from "vscode";
import type { Progress } from "../../daemon/protocol.ts";
import type { App } from "../app.ts";
import { AlarmNotices } from "./alarm-notices.ts";
import { type Notice, noticeOfChange, StuckNotices } from "./notices.ts";

const show = {
  information: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** Tells of runs that finished, failed, paused themselves or are stuck, and of alarms. @returns what ends it */
export function notifyOfRuns({ runs, daemon }: Pick<App, "runs" | "daemon">): vscode.Disposable {
  const stuck = new StuckNotices();
  const alarms = new AlarmNotices(
    async (run, after) => (await daemon.request("sparring/round/list", { run, after })).rounds,
  );
  const tellAlarms = async (progress: Progress): Promise<void> => {
    // A round that can't be read now is told of by whoever shows it.
    const notices = await alarms.of(progress).catch(() => []);
    // One that pauses the run is told as that.
    if (runs.get(progress.run)?.problem) return;
    for (const notice of notices) void tell(notice, progress.run);
  };
  const endings = [
    runs.onChange((change) => change && void tell(noticeOfChange(change), change.after.id)),
    runs.onProgress((progress) => void tell(stuck.of(progress), progress.run)),
    runs.onProgress((progress) => void tellAlarms(progress)),
  ];
  return { dispose: () => endings.forEach((end) => void end()) };
}

async function tell(notice: Notice | undefined, run: string): Promise<void> {
  if (!notice) return;
  const chosen = await show[notice.level](notice.text, ...notice.actions.map(({ title }) => title));
  const action = notice.actions.find(({ title }) => title === chosen);
  if (action)
    await vscode.commands.executeCommand(action.command, {
      run,
      ...(notice.round !== undefined && { round: notice.round }),
    });
}
