import type { DaemonClient } from "../../client/client.ts";
import { SparringError } from "../../errors.ts";
import type { RoundRecord } from "../../store/records.ts";
import type { Cli } from "../cli.ts";
import { detachedReport, failedReport, finishedReport, stoppedReport } from "../reports/report.ts";
import { screenOf, styleOf } from "../screen.ts";
import { wrap } from "../text/fit.ts";
import { type Ending, follow } from "./follow.ts";
import { LiveWatcher } from "./live-watcher.ts";
import { PlainWatcher } from "./plain-watcher.ts";
import { firstSample, type RunView, type Sample } from "./run-view.ts";
import { type RunSummary, summaryOf } from "./summary.ts";
import { isLive, type Watcher } from "./watcher.ts";

/** A daemon that was killed is looked for again so long. */
const reconnectSeconds = 10;
const retryMs = 250;

/**
 * Shows a run until it has ended, and ends with a report. Ctrl+C leaves the run to itself; a second one ends this program.
 * @returns undefined if it was left
 * @throws SparringError why the run failed; `cli/daemon-gone`
 */
export async function watchRun(
  cli: Cli,
  client: DaemonClient,
  run: string,
  { json, onRound = () => {} }: { readonly json: boolean; readonly onRound?: (record: RoundRecord) => void },
): Promise<RunSummary | undefined> {
  const screen = screenOf(cli, json);
  const style = styleOf(cli, screen);
  const watcher: Watcher = isLive(screen, cli.env)
    ? new LiveWatcher(screen, cli.now, cli.invocation)
    : new PlainWatcher(screen, cli.now, cli.invocation);
  const leaving = new AbortController();
  const release = cli.onInterrupt(() => {
    if (leaving.signal.aborted) return cli.kill();
    leaving.abort();
  });
  let current: DaemonClient | undefined = client;
  try {
    let ending: Ending;
    for (;;) {
      ending = await follow(current, run, { watcher, onRound, style, signal: leaving.signal });
      if (ending === "left" || "run" in ending) break;
      watcher.say(...wrap(`The connection to the daemon ended: ${ending.lost} Looking for it again.`, style.columns));
      current = await reconnect(cli, leaving.signal);
      if (leaving.signal.aborted) break;
      if (!current) throw daemonGone(run);
    }
    watcher.close();
    if (leaving.signal.aborted || ending === "left" || !current || !("run" in ending)) {
      watcher.say(...detachedReport(run, style));
      return undefined;
    }
    const view = watcher.view!;
    view.overview = ending.run;
    const { problem, state } = ending.run;
    // One that stopped by itself has a problem, too; of an interrupted one it says that it was paused by an alarm.
    if (problem && state !== "interrupted") {
      watcher.say(...failedReport(view, style));
      throw asError(problem);
    }
    const summary = summaryOf(view, cli.now());
    if (state === "finished") await readSamples(current, view);
    watcher.say(
      ...(state === "finished" ? finishedReport(summary, view, style) : stoppedReport(summary, problem, style)),
    );
    return summary;
  } finally {
    watcher.close();
    release();
    if (current !== client) current?.close();
  }
}

/** Reads a sample of the first played round and one of the last. */
async function readSamples(client: DaemonClient, view: RunView): Promise<void> {
  const played = view.rounds.filter(({ round }) => round > view.firstRound);
  const read = async (record: RoundRecord | undefined): Promise<Sample | undefined> => {
    if (!record) return undefined;
    const { id: run } = view.overview;
    const { queries } = await client.request("sparring/round/get", { run, round: record.round });
    return firstSample(record.round, queries);
  };
  view.early = await read(played[0]);
  view.late = await read(played.at(-1));
}

/** Looks for a daemon for some seconds; it starts none. */
async function reconnect(cli: Cli, signal: AbortSignal): Promise<DaemonClient | undefined> {
  const until = cli.now() + reconnectSeconds * 1000;
  while (cli.now() < until && !signal.aborted) {
    await cli.wait(retryMs);
    try {
      return await cli.connect({ start: false });
    } catch (error) {
      if (!(error instanceof SparringError && error.code.startsWith("client/"))) throw error;
    }
  }
  return undefined;
}

function daemonGone(run: string): SparringError {
  return new SparringError(
    "cli/daemon-gone",
    `The daemon ended while ${run} was watched, and no other has come up in ${reconnectSeconds} seconds.`,
    `Run \`sparring resume ${run}\`: it starts a daemon and goes on after the last finished round.`,
  );
}

/** A problem that the daemon tells, as what was thrown there. */
function asError({ code, message, next, place }: NonNullable<RunView["overview"]["problem"]>): SparringError {
  return new SparringError(code, message, next, place === undefined ? {} : { place });
}
