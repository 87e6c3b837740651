import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { RunOverview } from "../../daemon/protocol.ts";
import type { App } from "../app.ts";
import { label } from "../text/label.ts";
import { alarmNotice, pausedNotice, pauseNotice } from "./alarm-notices.ts";
import { Claims, isFromFolders, patienceOf } from "./claims.ts";
import { heldUpNotice } from "./held-up.ts";
import { type Notice, noticeOfChange, StuckNotices } from "./notices.ts";
import type { Change } from "./runs.ts";
import { isPausedByAlarm } from "./states.ts";

const show = {
  information: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/**
 * Tells of runs that finished, failed, paused themselves or are stuck, and of alarms, of all runs and once in all windows: the one that
 * a person works in tells; where that is none of them the one whose folder the run was started from, else any. @returns what ends it
 */
export function notifyOfRuns({ runs, daemon, log, context }: App): vscode.Disposable {
  const stuck = new StuckNotices();
  const claims = new Claims(join(context.globalStorageUri.fsPath, "told"));
  const tell = async (notice: Notice | undefined): Promise<void> => {
    if (!notice) return;
    await sleep(patienceOf(vscode.window.state.focused, isOwn(runs.get(notice.run))));
    if (await claims.claim(notice.key)) await showNotice(notice);
  };
  const tellPause = async ({ before, after }: Change): Promise<void> => {
    if (!before || before.state === after.state || !isPausedByAlarm(after)) return;
    const waiting = runs.waitingFor(after.id);
    const asked = pauseNotice(daemon, after, waiting);
    // What can't be asked for is missing from the buttons; the reason for the pause is known.
    await tell(await asked.catch(() => pausedNotice(after, [], [], waiting)));
  };
  const endings = [
    runs.onChange((change) => {
      if (!change) return;
      void tell(noticeOfChange(change));
      void tellPause(change);
    }),
    runs.onProgress((progress) => void tell(stuck.of(progress))),
    daemon.on("sparring/alarm", (alarm) => {
      const { run, round, alarms } = alarm;
      for (const { kind, sentence } of alarms) log.info(label(`${run}, round ${round}, alarm (${kind}): ${sentence}`));
      void tell(alarmNotice(alarm, runs.get(run), runs.isShown(run)));
    }),
  ];
  return { dispose: () => endings.forEach((end) => void end()) };
}

/** Says in this window that a run that was queued from it waits for one that is paused. */
export function tellHeldUp({ runs }: Pick<App, "runs">, queued: RunOverview): void {
  const notice = queued.waitsFor === undefined ? undefined : heldUpNotice(queued, runs.get(queued.waitsFor));
  if (notice) void showNotice(notice);
}

function isOwn(run: RunOverview | undefined): boolean {
  const folders = vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath) ?? [];
  return isFromFolders(run?.workspace, folders);
}

async function showNotice({ run, level, text, actions }: Notice): Promise<void> {
  const chosen = await show[level](text, ...actions.map(({ title }) => title));
  const action = actions.find(({ title }) => title === chosen);
  if (action) await vscode.commands.executeCommand(action.command, { run, ...action.place });
}
