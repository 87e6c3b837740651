import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { App } from "../app.ts";

/**
 * Shows a long request as a notification that can be cancelled, with what the daemon tells of its progress.
 * @param work gets the id under which the daemon tells, for verbs that take one
 */
export async function withProgress<T>(
  { daemon }: App,
  title: string,
  work: (task: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const cancellation = new AbortController();
    token.onCancellationRequested(() => cancellation.abort());
    const task = randomUUID();
    let shown = 0;
    const stop = daemon.on("sparring/task/progress", (told) => {
      if (told.task !== task) return;
      if (told.total <= 0) return progress.report({ message: told.what });
      const percent = (100 * told.done) / told.total;
      progress.report({
        message: `${told.what}, ${told.done} of ${told.total}`,
        increment: Math.max(0, percent - shown),
      });
      shown = Math.max(shown, percent);
    });
    try {
      return await work(task, cancellation.signal);
    } finally {
      stop();
    }
  });
}
