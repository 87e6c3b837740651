import { open } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { RunPlace } from "../../daemon/editor.ts";
import { SparringError } from "../../daemon/errors.ts";
import { bytes } from "../../daemon/text/numbers.ts";
import type { App } from "../app.ts";
import { label } from "../text/label.ts";
import { workspaceFolder } from "./config-text.ts";
import { pick, pickRun, pickWeights } from "./pick.ts";
import { withProgress } from "./with-progress.ts";

const played = {
  wanted: ({ round }: { readonly round: number | null }) => round !== null,
  none: "No run has finished a round yet.",
};

/** Writes a run's weights for use elsewhere. */
export async function exportWeights(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, { title: "Export the weights of which run?", ...played });
  if (run === undefined) return;
  const weights = await pickWeights(app, { ...place, run }, "Export whose weights?");
  if (weights === undefined) return;
  const format = await pick<"hf" | "peft">("In which form?", [
    { label: "Hugging Face folder", description: "merged weights, tokenizer and config", value: "hf" },
    { label: "PEFT adapter", description: "LoRA runs only", value: "peft" },
  ]);
  if (format === undefined) return;
  const dir = await saveAs(`${run}-${format}`, "Export Weights");
  if (dir === undefined) return;
  const done = await withProgress(app, `Exporting the weights of ${run}`, (task, signal) =>
    app.daemon.request("sparring/checkpoint/export", { run, weights, format, dir, task }, { signal }),
  );
  await offerFolder(`${done.weights}: ${bytes(done.bytes)} in ${done.dir}. ${done.checked}`, vscode.Uri.file(done.dir));
}

/** Writes what a run has played as JSON lines. */
export async function exportSamples(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, { title: "Export the samples of which run?", ...played });
  if (run === undefined) return;
  const data = await pick<"completions" | "preferences">("What?", [
    { label: "Completions", description: "a line an answer, as TRL logs them", value: "completions" },
    { label: "Preference pairs", description: "prompt, chosen, rejected", value: "preferences" },
  ]);
  if (data === undefined) return;
  const file = await saveAs(`${run}-${data}.jsonl`, "Export Samples");
  if (file === undefined) return;
  const done = await withProgress(app, `Exporting the samples of ${run}`, (task, signal) =>
    app.daemon.request("sparring/sample/export", { run, data, file, task }, { signal }),
  );
  await offerFolder(
    `${done.rows} rows of ${done.rounds} rounds, ${bytes(done.bytes)}, in ${done.file}.`,
    vscode.Uri.file(done.file),
  );
}

/** Writes the ratings that stand, a line each. */
export async function exportRatings(app: App, place: Partial<RunPlace>): Promise<void> {
  const rated = { wanted: ({ ratings }: { readonly ratings: number }) => ratings > 0, none: "No run has ratings yet." };
  const run = await pickRun(app, place, { title: "Export the ratings of which run?", ...rated });
  if (run === undefined) return;
  if (app.runs.get(run)?.ratings === 0) {
    void vscode.window.showInformationMessage(`${run} has no ratings yet.`);
    return;
  }
  const file = await saveAs(`${run}-ratings.jsonl`, "Export Ratings");
  if (file === undefined) return;
  const count = await withProgress(app, `Exporting the ratings of ${run}`, (_task, signal) =>
    writeRatings(app, run, file, signal),
  );
  await offerFolder(`${count} ratings in ${file}.`, vscode.Uri.file(file));
}

async function writeRatings(app: App, run: string, path: string, signal: AbortSignal): Promise<number> {
  const file = await open(path, "wx").catch((error: Error) => {
    throw new SparringError(
      "extension/not-writable",
      `${path} can't be written: ${error.message}.`,
      "Choose another file.",
      {
        place: path,
      },
    );
  });
  try {
    let from = 0;
    for (;;) {
      const { ratings, more } = await app.daemon.request("sparring/rating/list", { run, from }, { signal });
      await file.write(ratings.map((rating) => `${JSON.stringify({ run, ...rating })}\n`).join(""));
      from += ratings.length;
      if (!more) return from;
    }
  } finally {
    await file.close();
  }
}

/** Asks for a path that does not exist yet. */
async function saveAs(name: string, title: string): Promise<string | undefined> {
  const folder = workspaceFolder();
  const defaultUri = folder === undefined ? undefined : vscode.Uri.file(join(folder, name));
  const chosen = await vscode.window.showSaveDialog({ title, saveLabel: "Export", ...(defaultUri && { defaultUri }) });
  return chosen?.fsPath;
}

async function offerFolder(text: string, uri: vscode.Uri): Promise<void> {
  const show = "Show File";
  if ((await vscode.window.showInformationMessage(label(text), show)) === show) {
    await vscode.commands.executeCommand("revealInExplorer", uri);
  }
}
