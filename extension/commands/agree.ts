import * as vscode from "vscode";
import type { Daemon } from "../daemon/daemon.ts";
import { type Confirm, withRunsAgreement } from "../runs/agreeing.ts";
import type { Runs } from "../runs/runs.ts";

/** Asks in a dialog that holds the window until it is answered. */
export const confirmSending: Confirm = async ({ message, detail }) => {
  const send = "Send";
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, send)) === send;
};

/** Does what asks the judges of some runs, whose user may have to agree to their servers first. @throws as `withRunsAgreement` */
export function askingJudges<T>(
  { runs, daemon }: { readonly runs: Runs; readonly daemon: Daemon },
  ids: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const asked = [...new Set(ids)].map((id) => ({ id, model: runs.get(id)?.model }));
  const keep = (run: string, origins: string[]) => daemon.request("sparring/run/agree", { run, origins });
  return withRunsAgreement(asked, confirmSending, keep, work);
}
