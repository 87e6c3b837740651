import type * as vscode from "vscode";
import type { Daemon } from "./daemon/daemon.ts";
import type { Texts } from "./documents/texts.ts";
import type { Panels } from "./panels/panels.ts";
import type { Runs } from "./runs/runs.ts";

/** The window: what commands work with. */
export interface App {
  readonly context: vscode.ExtensionContext;
  readonly daemon: Daemon;
  readonly runs: Runs;
  readonly panels: Panels;
  /** Documents to be read only: results, logs, sides of a difference. */
  readonly texts: Texts;
  readonly log: vscode.LogOutputChannel;
}
