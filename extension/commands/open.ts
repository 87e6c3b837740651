import * as vscode from "vscode";
import { type EditorCommands, type RunPlace, roundUri } from "../../daemon/editor.ts";
import type { App } from "../app.ts";
import { pickRound, pickRun } from "./pick.ts";

const played = {
  wanted: ({ round }: { readonly round: number | null }) => round !== null,
  none: "No run has finished a round yet.",
} as const;

/** The charts and samples of a run. */
export async function openRounds(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, { title: "Rounds of which run?", none: "There are no runs yet." });
  if (run === undefined) return;
  const { round, query } = place;
  await app.panels.show("rounds", {
    run,
    ...(round !== undefined && { round }),
    ...(query !== undefined && { query }),
  });
}

/** Ratings by hand, of one answer or of those that a rater has not seen. */
export async function openRating(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, { title: "Rate samples of which run?", ...played });
  if (run === undefined) return;
  const { round, query, answer } = place;
  await app.panels.show("rate", {
    run,
    ...(round !== undefined && { round }),
    ...(query !== undefined && { query }),
    ...(answer !== undefined && { answer }),
  });
}

/** Two weights side by side. A row of a checkpoint means its weights; a query's place means the newest. */
export async function openComparison(app: App, place: EditorCommands["sparring.compare"]): Promise<void> {
  const run = await pickRun(app, place, { title: "Compare checkpoints of which run?", ...played });
  if (run === undefined) return;
  const { round, query, against } = place;
  const weights = round !== undefined && query === undefined ? ({ checkpoint: round } as const) : undefined;
  await app.panels.show("compare", { run, ...(weights && { weights }), ...(against && { against }) });
}

/** Runs, forks and checkpoints as a graph. */
export async function openLineage(app: App, { run }: Partial<RunPlace>): Promise<void> {
  await app.panels.show("lineage", run === undefined ? {} : { run });
}

/** A round as a document, at a query where one is named. */
export async function openRoundDocument(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, { title: "Read a round of which run?", ...played });
  if (run === undefined) return;
  const round = await pickRound(app, { ...place, run });
  if (round === undefined) return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(roundUri(run, round)));
  const editor = await vscode.window.showTextDocument(document, { preview: true });
  if (place.query === undefined) return;
  const heading = headingOf(document.getText().split("\n"), place.query, place.answer);
  if (heading < 0) return;
  const at = new vscode.Position(heading, 0);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.AtTop);
}

/** The line of an answer's heading, or of its query's; −1 where the document leaves the query out. */
function headingOf(lines: readonly string[], query: number, answer: number | undefined): number {
  const asked = lines.findIndex((line) => new RegExp(`^## Query ${query}( |$)`).test(line));
  if (asked < 0 || answer === undefined) return asked;
  const next = lines.findIndex((line, i) => i > asked && line.startsWith("## Query "));
  const end = next < 0 ? lines.length : next;
  const found = lines.findIndex(
    (line, i) => i > asked && i < end && new RegExp(`^### Answer ${answer}( |$)`).test(line),
  );
  return found < 0 ? asked : found;
}
