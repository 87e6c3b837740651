import { join } from "node:path";
import * as vscode from "vscode";
import type { ParamsOf } from "../../daemon/protocol.ts";
import type { App } from "../app.ts";
import { setUpSentence, setUpText } from "../documents/results-text.ts";
import { label } from "../text/label.ts";
import { pick } from "./pick.ts";
import { withProgress } from "./with-progress.ts";

/** Makes the torch engine usable, and says what was found. */
export async function setUpTorch(app: App): Promise<void> {
  const params = await pickWay();
  if (!params) return;
  const title = params.install ? "Setting up the torch engine" : "Looking at the torch engine";
  const result = await withProgress(app, title, (task, signal) =>
    app.daemon.request("sparring/engine/setup", { ...params, task }, { signal }),
  );
  const show = "Show Findings";
  const tell = result.ready ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await tell(label(setUpSentence(result)), show)) === show) {
    await app.texts.show("torch engine.txt", setUpText(result));
  }
}

async function pickWay(): Promise<ParamsOf<"sparring/engine/setup"> | undefined> {
  const way = await pick<"make" | "own" | "look">("Which Python environment shall the torch engine use?", [
    {
      label: "Have One Made",
      description: "installs PyTorch, several GB, below Sparring's home folder",
      value: "make",
    },
    { label: "One of Mine…", description: "with PyTorch; nothing is installed into it", value: "own" },
    { label: "Only Look", description: "at Python, PyTorch, GPU and driver; changes nothing", value: "look" },
  ]);
  if (way !== "own") return way && { install: way === "make" };
  // The folder and not the interpreter, which is a link that a dialog may follow out of its environment.
  const title = "The folder of the environment, as python -m venv or conda made it";
  const chosen = { title, openLabel: "Use", canSelectFiles: false, canSelectFolders: true };
  const [folder] = (await vscode.window.showOpenDialog(chosen)) ?? [];
  return folder && { python: join(folder.fsPath, "bin", "python"), install: true };
}
