import { join } from "node:path";
import * as vscode from "vscode";
import type { RunPlace } from "../../daemon/editor.ts";
import type { App } from "../app.ts";
import { homeFolder, nodeRuntime } from "../daemon/settings.ts";
import { pickRun, pickWeights } from "./pick.ts";

/** Runs its arguments, and keeps the terminal open until somebody has read what they said. */
const script = '"$@"; printf "\\n(Press Enter to close this terminal.) "; read -r _';

/** A conversation with a run's weights, by the command line that is shipped. */
export async function chat(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, {
    title: "Chat with the weights of which run?",
    wanted: ({ round }) => round !== null,
    none: "No run has finished a round yet.",
  });
  if (run === undefined) return;
  const weights = await pickWeights(app, { ...place, run }, "Chat with whose weights?");
  if (weights === undefined) return;
  const whose =
    weights === "reference" ? [run, "--reference"] : weights === "current" ? [run] : [`${run}@${weights.checkpoint}`];
  await openTerminal(app, `Chat: ${run}`, ["chat", ...whose]);
}

/** Looks whether everything works, by the command line that is shipped. */
export async function doctor(app: App): Promise<void> {
  await openTerminal(app, "Sparring: Doctor", ["doctor"]);
}

async function openTerminal(app: App, name: string, args: readonly string[]): Promise<void> {
  const { command, env } = await nodeRuntime();
  const program = join(app.context.extensionPath, "dist", "sparring.js");
  const terminal = vscode.window.createTerminal({
    name,
    shellPath: "/bin/sh",
    shellArgs: ["-c", script, "sparring", command, program, ...args],
    env: { ...env, SPARRING_HOME: homeFolder() },
    iconPath: new vscode.ThemeIcon("comment-discussion"),
  });
  terminal.show();
}
