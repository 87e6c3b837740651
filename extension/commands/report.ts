import * as vscode from "vscode";
import { AbortedError, SparringError } from "../../daemon/errors.ts";
import { needsTorch } from "../runs/notices.ts";
import { label } from "../text/label.ts";

/** Errors that a new daemon may end. */
const ofTheDaemon = /^(extension\/(away|no-connection)|client\/.*|protocol\/version)$/;

/**
 * Says what went wrong: the sentence, the next step, and a button for it. What was cancelled is no error; what is no
 * `SparringError` is a bug, whose stack is in the log.
 */
export async function report(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof AbortedError || error instanceof vscode.CancellationError) return;
  if (!(error instanceof SparringError)) log.error(error instanceof Error ? error : String(error));
  const { code, message, next } =
    error instanceof SparringError
      ? error
      : {
          code: "extension/bug",
          message: "This command failed, which is a bug in Sparring.",
          next: "Its log says more.",
        };
  log.warn(`${code}: ${message}`);
  const restart = "Restart Daemon";
  const showLog = "Show Log";
  const setUp = "Set Up the Torch Engine";
  const ways = ofTheDaemon.test(code) ? [restart, showLog] : needsTorch(code) ? [setUp, showLog] : [showLog];
  const chosen = await vscode.window.showErrorMessage(label(`${message} ${next}`), ...ways);
  if (chosen === restart) await vscode.commands.executeCommand("sparring.restartDaemon");
  if (chosen === setUp) await vscode.commands.executeCommand("sparring.setUpTorch");
  if (chosen === showLog) log.show();
}
