import { homedir } from "node:os";
import { resolve } from "node:path";
import type { ConfigWarning } from "../config/problem.ts";
import { AbortedError } from "../errors.ts";
import type { RunOptions } from "../runs/run.ts";
import type { RunSummary } from "../runs/train.ts";
import { type Cli, exitCodes } from "./cli.ts";
import { failedReport, finishedReport, type ReportStyle, stoppedReport } from "./report.ts";
import { coloured, plain } from "./text/colours.ts";
import { wrap } from "./text/fit.ts";
import { printable } from "./text/printable.ts";
import { LiveWatcher } from "./watch/live-watcher.ts";
import { PlainWatcher } from "./watch/plain-watcher.ts";
import { defaultColumns, isLive, type Screen, type Watcher } from "./watch/watcher.ts";

/** Where runs lie: SPARRING_HOME, or ~/.sparring. */
function homeOf({ env }: Cli): string {
  return resolve(env.SPARRING_HOME || resolve(homedir(), ".sparring"));
}

/** Where people read: the terminal, unless stdout is for a program. */
export function screenOf(cli: Cli, json: boolean): Screen {
  return json ? cli.stderr : cli.stdout;
}

/** The layout of what people read on a screen. */
export function styleOf(cli: Cli, screen: Screen): ReportStyle {
  const colours = isLive(screen, cli.env) ? coloured : plain;
  return { columns: screen.columns ?? defaultColumns, colours, invocation: cli.invocation };
}

/** Shows the warnings of a config before it runs. */
export function showWarnings(cli: Cli, warnings: readonly ConfigWarning[]): void {
  const { columns, colours } = styleOf(cli, cli.stderr);
  for (const { place, message } of warnings) {
    const text = printable(`${place === undefined ? "" : `${place}: `}warning: ${message}`);
    for (const line of wrap(text, columns)) cli.stderr.write(`${colours.yellow(line)}\n`);
  }
}

/**
 * The first Ctrl+C aborts the signal, so that the run ends with its last finished round; the second ends the process.
 */
function handleInterrupts(
  cli: Cli,
  watcher: Watcher,
  columns: number,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const release = cli.onInterrupt(() => {
    if (controller.signal.aborted) return cli.kill();
    const message = "Stopping: finished rounds are kept, the one under way is lost. Ctrl+C again ends at once.";
    watcher.say("", ...wrap(message, columns));
    controller.abort();
  });
  return { signal: controller.signal, release };
}

/**
 * Trains with a watcher on the screen, and ends with a report.
 * @param train starts, resumes or forks the run
 * @returns undefined if it was stopped before there was anything to keep
 */
export async function watchRun(
  cli: Cli,
  json: boolean,
  train: (options: RunOptions) => Promise<RunSummary>,
): Promise<RunSummary | undefined> {
  const screen = screenOf(cli, json);
  const watcher: Watcher = isLive(screen, cli.env)
    ? new LiveWatcher(screen, cli.now)
    : new PlainWatcher(screen, cli.now);
  const { signal, release } = handleInterrupts(cli, watcher, screen.columns ?? defaultColumns);
  const onEvent = watcher.accept.bind(watcher);
  try {
    const summary = await train({ home: homeOf(cli), workspace: cli.workspace, onEvent, signal });
    watcher.close();
    const style = styleOf(cli, screen);
    const { view } = watcher;
    const isFinished = summary.status === "finished" && view !== undefined;
    watcher.say(...(isFinished ? finishedReport(summary, view, style) : stoppedReport(summary, style)));
    return summary;
  } catch (error) {
    watcher.close();
    if (error instanceof AbortedError) {
      watcher.say("Stopped before the run began: nothing was kept.");
      return undefined;
    }
    if (watcher.view) watcher.say(...failedReport(watcher.view, styleOf(cli, screen)));
    throw error;
  } finally {
    watcher.close();
    release();
  }
}

/** The exit code of a watched run. */
export function exitCodeOf(summary: RunSummary | undefined): number {
  return summary?.status === "finished" ? exitCodes.ok : exitCodes.interrupted;
}

/** The line for programs that a run ends with. */
export function printSummary(cli: Cli, summary: RunSummary | undefined): void {
  if (summary) cli.stdout.write(`${JSON.stringify(summary)}\n`);
}
