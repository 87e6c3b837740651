import { join } from "node:path";
import * as vscode from "vscode";
import type { RunPlace } from "../../daemon/editor.ts";
import { visible } from "../../daemon/text/visible.ts";
import type { App } from "../app.ts";
import { homeFolder } from "../daemon/settings.ts";
import { label } from "../text/label.ts";
import { pick } from "./pick.ts";

/** Of a run's log, so many of the newest lines are shown. */
const shownLines = 1000;

/** The log of a run; without one, that of the editor, of the daemon or of a run, as it is asked for. */
export async function showLog(app: App, { run }: Partial<RunPlace>): Promise<void> {
  const which = run === undefined ? await pickLog(app) : { run };
  if (which === "editor") app.log.show();
  else if (which === "daemon") await showDaemonLog(app);
  else if (which) await showRunLog(app, which.run);
}

function pickLog(app: App): Promise<"editor" | "daemon" | { readonly run: string } | undefined> {
  return pick<"editor" | "daemon" | { readonly run: string }>("Which log?", [
    { label: "This window", description: "connection, commands, language server", value: "editor" },
    { label: "The daemon", description: "who asked it for what, and what failed", value: "daemon" },
    ...app.runs.all.map(({ id, state }) => ({ label: label(id), description: `run, ${state}`, value: { run: id } })),
  ]);
}

async function showRunLog(app: App, run: string): Promise<void> {
  const { lines, file } = await app.daemon.request("sparring/run/log", { run, lines: shownLines, level: "debug" });
  const head = `# The newest ${lines.length} lines of ${file}`;
  await app.texts.show(`${run}.log`, visible([head, ...lines, ""].join("\n")));
}

/** A daemon that is away has left its log in the home. */
async function showDaemonLog({ daemon }: App): Promise<void> {
  const told = daemon.state === "connected" ? (await daemon.request("sparring/daemon/status", {})).log : null;
  const file = vscode.Uri.file(told ?? join(homeFolder(), "daemon", "log.txt"));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file), { preview: true });
}
