import { execFile } from "node:child_process";
import { homedir, userInfo } from "node:os";
import { resolve } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import type { Runtime } from "../../daemon/client/launch.ts";
import { findNode } from "./find-node.ts";

function setting(name: "home" | "node" | "rater"): string {
  return vscode.workspace.getConfiguration("sparring").get<string>(name, "").trim();
}

/** SPARRING_HOME: the setting, else the variable, else ~/.sparring. */
export function homeFolder(): string {
  const home = setting("home") || process.env.SPARRING_HOME || resolve(homedir(), ".sparring");
  return resolve(home.replace(/^~(?=$|[/\\])/, homedir()));
}

/** Whether a daemon is started with the window. */
export function startsDaemon(): boolean {
  return vscode.workspace.getConfiguration("sparring").get("startDaemon", true);
}

/** Whose ratings and picks these are. */
export function raterName(): string {
  return setting("rater") || userInfo().username;
}

/** What runs the daemon and the command line. */
export function nodeRuntime(): Promise<Runtime> {
  const run = promisify(execFile);
  return findNode({
    setting: setting("node"),
    execPath: process.execPath,
    versionOf: (command) =>
      run(command, ["--version"], { timeout: 5_000 }).then(
        ({ stdout }) => stdout,
        () => undefined,
      ),
  });
}
