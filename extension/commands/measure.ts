import * as vscode from "vscode";
import type { RunPlace } from "../../daemon/editor.ts";
import { SparringError } from "../../daemon/errors.ts";
import { bytes } from "../../daemon/text/numbers.ts";
import type { App } from "../app.ts";
import { estimateText, evaluationSentence, evaluationText } from "../documents/results-text.ts";
import { label } from "../text/label.ts";
import { askingJudges } from "./agree.ts";
import { configText } from "./config-text.ts";
import { pick, pickRun, pickWeights, type Weights } from "./pick.ts";
import { refuse } from "./start.ts";
import { withProgress } from "./with-progress.ts";

/** Says what the config of a document would need. */
export async function estimateMemory(app: App, { uri }: { readonly uri?: string }): Promise<void> {
  const config = await configText(uri);
  if (!config) {
    throw new SparringError(
      "extension/no-config",
      "No config is open, so there is nothing to estimate.",
      "Open a *.sparring.yaml file, or run “Sparring: Start Run…” and choose an example.",
    );
  }
  const { text, file, document } = config;
  const { config: complete, problems } = await app.daemon.request("sparring/config/check", { text, file });
  if (!complete) return refuse(document, problems);
  const estimate = await app.daemon.request("sparring/engine/estimate", { config: complete });
  const isKnown = estimate.bytes !== null && estimate.free !== null;
  const fits = isKnown ? (estimate.bytes! <= estimate.free! ? " It fits." : " It does not fit.") : "";
  const needs =
    estimate.bytes === null
      ? "The model is not on this machine yet."
      : `This config needs about ${bytes(estimate.bytes)}.`;
  const detail = estimateText(estimate, bytes);
  const start = "Start Run";
  const chosen = await vscode.window.showInformationMessage(`${needs}${fits}`, { modal: true, detail }, start);
  if (chosen === start) await vscode.commands.executeCommand("sparring.start", { uri: document.uri.toString() });
}

/** Measures weights on held-out tasks, alone or against others. */
export async function evaluate(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, {
    title: "Evaluate which run?",
    wanted: ({ round }) => round !== null,
    none: "No run has finished a round yet.",
  });
  if (run === undefined) return;
  const weights = await pickWeights(app, { ...place, run }, "Evaluate whose weights?");
  if (weights === undefined) return;
  const against = await pickAgainst(app, run);
  if (against === undefined) return;
  const params = { run, weights, ...(against !== "nothing" && { against: { run, weights: against } }) };
  const result = await withProgress(app, `Evaluating ${run}`, (task, signal) =>
    askingJudges(app, [run], () => app.daemon.request("sparring/checkpoint/evaluate", { ...params, task }, { signal })),
  );
  const show = "Show Intervals";
  if ((await vscode.window.showInformationMessage(label(evaluationSentence(result)), show)) === show) {
    await app.texts.show(`evaluation of ${run}.txt`, evaluationText(run, result));
  }
}

async function pickAgainst(app: App, run: string): Promise<Weights | "nothing" | undefined> {
  const against = await pick<"nothing" | "reference" | "other">("Compare with what?", [
    { label: "Nothing", description: "accuracy alone", value: "nothing" },
    { label: "The base", description: "the weights that the stage began with", value: "reference" },
    { label: "Another checkpoint…", value: "other" },
  ]);
  return against === "other" ? pickWeights(app, { run }, "Compare with whose weights?") : against;
}
