import * as vscode from "vscode";
import { SparringError } from "../../daemon/errors.ts";
import type { App } from "../app.ts";
import { label } from "../text/label.ts";

/** Ends the daemon and starts one of this version; asks first where a run is under way. */
export async function restartDaemon(app: App): Promise<void> {
  const { daemon } = app;
  if (daemon.state === "connected" && !(await hasEnded(app))) return;
  await showStart(daemon.reach());
}

/** Whether the daemon was ended. */
async function hasEnded({ daemon }: App): Promise<boolean> {
  try {
    await daemon.request("sparring/daemon/shutdown", {});
  } catch (error) {
    if (!(error instanceof SparringError && error.code === "server/runs-active")) throw error;
    const interrupt = "Interrupt and Restart";
    const detail = `${error.message} It is interrupted after its last finished round, and can be resumed.`;
    const chosen = await vscode.window.showWarningMessage(
      "Restart the daemon while a run is under way?",
      { modal: true, detail },
      interrupt,
    );
    if (chosen !== interrupt) return false;
    await daemon.request("sparring/daemon/shutdown", { force: true });
  }
  // It closes its connections when it ends.
  await new Promise<void>((resolve) => {
    if (daemon.state !== "connected") return resolve();
    const stop = daemon.onState(() => {
      stop();
      resolve();
    });
  });
  return true;
}

/**
 * Whether the daemon can be asked. While it is away, says why and offers to start it; while it is being connected to, waits.
 * @throws SparringError why it could not be started
 */
export async function isReachable({ daemon }: App): Promise<boolean> {
  if (daemon.state === "connected") return true;
  if (daemon.state === "away") {
    const start = "Start the Daemon";
    const why = daemon.problem?.message ?? "The daemon is not running.";
    if ((await vscode.window.showWarningMessage(label(why), start)) !== start) return false;
  }
  await showStart(daemon.reach());
  return true;
}

async function showStart(reached: Promise<void>): Promise<void> {
  const options = { location: vscode.ProgressLocation.Window, title: "Sparring: starting the daemon" };
  await vscode.window.withProgress(options, () => reached);
}
