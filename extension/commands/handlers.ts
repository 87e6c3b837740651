import * as vscode from "vscode";
import type { EditorCommand } from "../../daemon/editor.ts";
import type { App } from "../app.ts";
import { argumentsOf, type Called } from "./arguments.ts";
import { controlRun } from "./control.ts";
import { isReachable, restartDaemon } from "./daemon.ts";
import { exportRatings, exportSamples, exportWeights } from "./export.ts";
import { confirmFork, openFork } from "./fork.ts";
import { forgetKey, giveKey } from "./keys.ts";
import { showLog } from "./log.ts";
import { estimateMemory, evaluate } from "./measure.ts";
import { openComparison, openLineage, openRating, openRoundDocument, openRounds } from "./open.ts";
import { report } from "./report.ts";
import { diffTexts, playAgain, why } from "./samples.ts";
import { setUpTorch } from "./set-up.ts";
import { startExample, startRun } from "./start.ts";
import { chat, doctor } from "./terminal.ts";
import { colourTokens } from "./tokens.ts";

type Handler<C extends EditorCommand> = (app: App, args: Called<C>) => unknown;

/** What each command does: one that was forgotten does not compile. */
const handlers: { readonly [C in EditorCommand]: Handler<C> } = {
  "sparring.start": startRun,
  "sparring.startExample": startExample,
  "sparring.estimate": estimateMemory,
  "sparring.pause": (app, place) => controlRun(app, "pause", place),
  "sparring.resume": (app, place) => controlRun(app, "resume", place),
  "sparring.stop": (app, place) => controlRun(app, "stop", place),
  "sparring.fork": openFork,
  "sparring.confirmFork": confirmFork,
  "sparring.openRounds": openRounds,
  "sparring.openRoundDocument": openRoundDocument,
  "sparring.rate": openRating,
  "sparring.compare": openComparison,
  "sparring.openLineage": openLineage,
  "sparring.playAgain": playAgain,
  "sparring.why": why,
  "sparring.exportWeights": exportWeights,
  "sparring.exportSamples": exportSamples,
  "sparring.exportRatings": exportRatings,
  "sparring.evaluate": evaluate,
  "sparring.chat": chat,
  "sparring.showLog": showLog,
  "sparring.diffTexts": diffTexts,
  "sparring.tokens": colourTokens,
  "sparring.refresh": (app) => app.runs.refresh(),
  "sparring.restartDaemon": restartDaemon,
  "sparring.doctor": doctor,
  "sparring.setUpTorch": setUpTorch,
  "sparring.giveKey": giveKey,
  "sparring.forgetKey": forgetKey,
};

/** What helps when there is no daemon, and so must not wait for one. */
const withoutDaemon: ReadonlySet<EditorCommand> = new Set<EditorCommand>([
  "sparring.showLog",
  "sparring.restartDaemon",
  "sparring.doctor",
]);

/** Does what a command was called for. What goes wrong is shown as a message with a way out, and never thrown. */
export async function runCommand<C extends EditorCommand>(app: App, command: C, first: unknown): Promise<void> {
  try {
    if (!withoutDaemon.has(command) && !(await isReachable(app))) return;
    // A key of the table has the handler of its own arguments; the compiler loses that where it is looked up.
    const handler = handlers[command] as Handler<C>;
    await handler(app, argumentsOf(command, first, isUri));
  } catch (error) {
    // Not awaited: who called the command does not wait until somebody has read the message.
    void report(error, app.log);
  }
}

function isUri(value: unknown): boolean {
  return value instanceof vscode.Uri;
}
