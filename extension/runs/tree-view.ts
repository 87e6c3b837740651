import * as vscode from "vscode";
import type { App } from "../app.ts";
import { belowRun, type Face, latestRounds, parentOf, partFace, type Row, roots, runFace } from "./tree-model.ts";

/** Changes are drawn at most so often, milliseconds: a run of the smallest model plays several rounds a second. */
const drawEveryMs = 500;

/** The runs in the activity bar. */
export class RunTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #app: Pick<App, "daemon" | "runs">;
  readonly #report: (error: unknown) => void;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #endings: (() => void)[];
  #timer: NodeJS.Timeout | undefined;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(app: Pick<App, "daemon" | "runs">, report: (error: unknown) => void) {
    this.#app = app;
    this.#report = report;
    this.#endings = [app.runs.onChange(() => this.#soon()), app.daemon.onState(() => this.#soon())];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { runs } = this.#app;
    const run = runs.get(row.run);
    // A run that went away meanwhile: the tree is about to be drawn without it.
    if (row.kind === "run" && !run) return new vscode.TreeItem(row.run);
    const alarms = runs.alarmsOf(row.run);
    if (row.kind !== "run") return itemOf(partFace(row, alarms), row);
    const hasForks = runs.all.some(({ parent }) => parent?.run === row.run);
    const holder = run!.waitsFor === undefined ? undefined : runs.get(run!.waitsFor);
    return itemOf(runFace(run!, { hasForks, progress: runs.progressOf(row.run), alarms, holder }), row);
  }

  async getChildren(row?: Row): Promise<Row[]> {
    const { runs, daemon } = this.#app;
    if (!row) return runs.isKnown ? roots(runs.all) : [];
    const run = runs.get(row.run);
    if (!run) return [];
    if (row.kind === "run") return belowRun(run, runs.all);
    if (row.kind === "rounds") return latestRounds(run);
    if (row.kind !== "checkpoints" || daemon.state !== "connected") return [];
    try {
      const { checkpoints } = await daemon.request("sparring/checkpoint/list", { run: run.id });
      return checkpoints.toReversed().map(({ round, bytes }) => ({ kind: "checkpoint", run: run.id, round, bytes }));
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  getParent(row: Row): Row | undefined {
    return parentOf(row, this.#app.runs.all);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const end of this.#endings) end();
    this.#changed.dispose();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire(undefined);
    }, drawEveryMs);
  }
}

const folds = {
  open: vscode.TreeItemCollapsibleState.Expanded,
  closed: vscode.TreeItemCollapsibleState.Collapsed,
  never: vscode.TreeItemCollapsibleState.None,
} as const;

function itemOf(face: Face, row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(face.label, folds[face.folds]);
  item.id = face.id;
  item.contextValue = face.context;
  item.description = face.description;
  // A string, so that nothing in it is read as Markdown.
  item.tooltip = face.tooltip;
  if (face.icon !== undefined) {
    item.iconPath = new vscode.ThemeIcon(
      face.icon,
      face.colour === undefined ? undefined : new vscode.ThemeColor(face.colour),
    );
  }
  if (row.kind === "round") item.command = { title: "Read", command: "sparring.openRoundDocument", arguments: [row] };
  return item;
}
