import type { DaemonClient } from "../../client/client.ts";
import { SparringError } from "../../errors.ts";
import type { RunOverview } from "../../protocol.ts";
import { allRuns } from "../names.ts";
import { hasEnded } from "../states.ts";
import { Latch } from "../watch/latch.ts";
import { queueLine } from "../watch/queue-line.ts";
import type { StudyView } from "./view.ts";

/** Where the progress of a study is shown. */
export interface StudyScreen {
  /** Something has changed. */
  draw(view: StudyView): void;
  /** A run has ended. */
  ended(run: RunOverview, view: StudyView): void;
  /** A line that stays. */
  say(line: string): void;
}

/**
 * Shows a study until all of its runs have ended, or until it is left.
 * @param invocation how the reader calls this program
 * @returns whether they have ended
 * @throws SparringError `cli/daemon-gone` when the connection ends
 */
export async function followStudy(
  client: DaemonClient,
  view: StudyView,
  screen: StudyScreen,
  signal: AbortSignal,
  invocation: string,
): Promise<boolean> {
  const news = new Latch();
  const told = new Set(view.runs.filter(({ state }) => hasEnded(state)).map(({ id }) => id));
  let lost: string | undefined;
  const ring = (): void => news.ring();
  const unsubscribe = [
    client.on("sparring/run/changed", (run) => {
      if (view.change(run)) ring();
    }),
    client.on("sparring/round/progress", (progress) => {
      if (progress.run !== view.current?.id) return;
      view.accept(progress);
      screen.draw(view);
    }),
  ];
  client.closed.then((reason) => {
    lost = reason;
    ring();
  });
  signal.addEventListener("abort", ring);
  let watched: string | undefined;
  let waiting: string | undefined;
  try {
    // What changed between the queueing and the subscription is not heard of, so it is asked for.
    for (const run of await allRuns(client)) view.change(run);
    for (;;) {
      if (signal.aborted) return false;
      if (lost !== undefined) throw daemonGone(lost);
      for (const run of view.runs) {
        if (!hasEnded(run.state) || told.has(run.id)) continue;
        told.add(run.id);
        screen.ended(run, view);
      }
      if (view.hasEnded) return true;
      const { current, next } = view;
      if (current && current.id !== watched) {
        watched = current.id;
        const { progress } = await client.request("sparring/run/watch", { run: watched });
        if (progress) view.accept(progress);
      }
      const line = current || !next ? undefined : await queueLine(client, next, invocation);
      if (line !== undefined && line !== waiting) screen.say(line);
      waiting = line;
      screen.draw(view);
      await news.wait();
    }
  } catch (error) {
    if (error instanceof SparringError && error.code === "client/disconnected") throw daemonGone(await client.closed);
    throw error;
  } finally {
    for (const each of unsubscribe) each();
    signal.removeEventListener("abort", ring);
  }
}

function daemonGone(reason: string): SparringError {
  return new SparringError(
    "cli/daemon-gone",
    `The connection to the daemon ended before the study did: ${reason}`,
    "Run the same command again: it goes on after the last finished round.",
  );
}
