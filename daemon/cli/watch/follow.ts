import type { DaemonClient } from "../../client/client.ts";
import { SparringError } from "../../errors.ts";
import type { RunOverview } from "../../protocol.ts";
import type { RoundRecord } from "../../store/records.ts";
import { hasEnded } from "../states.ts";
import { wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";
import { DownloadLines } from "./download-line.ts";
import { Latch } from "./latch.ts";
import { queueLine } from "./queue-line.ts";
import type { Watcher } from "./watcher.ts";

/** What follows a run. */
export interface Follower {
  readonly watcher: Watcher;
  /** Gets every finished round once, those that were finished before too. */
  readonly onRound: (record: RoundRecord) => void;
  readonly style: Pick<Style, "columns" | "invocation">;
  /** Aborted to leave the run to itself. */
  readonly signal: AbortSignal;
}

/** `lost`: the connection ended, why as a sentence. */
export type Ending = { readonly run: RunOverview } | "left" | { readonly lost: string };

/**
 * Shows a run until it has ended, the follower leaves, or the connection ends. Followed again over another connection, it
 * goes on where it was.
 */
export async function follow(client: DaemonClient, run: string, follower: Follower): Promise<Ending> {
  const { watcher, onRound, style, signal } = follower;
  const news = new Latch();
  const downloads = new DownloadLines();
  let overview: RunOverview | undefined;
  let lost: string | undefined;
  let finished = watcher.view?.rounds.at(-1)?.round ?? -1;
  const ring = (): void => news.ring();

  const unsubscribe = [
    client.on("sparring/run/changed", (changed) => {
      // What it waits for may pause, or go on.
      if (changed.id === overview?.waitsFor) news.ring();
      if (changed.id !== run) return;
      overview = changed;
      watcher.change(changed);
      news.ring();
    }),
    client.on("sparring/round/progress", (progress) => {
      if (progress.run !== run) return;
      if (progress.phase === "download") {
        const line = downloads.line(progress);
        if (line !== undefined) watcher.say(line);
        return;
      }
      watcher.progress(progress);
      if ((progress.finished ?? -1) > finished) news.ring();
    }),
    // Its round is finished, and is shown with it.
    client.on("sparring/alarm", (alarm) => {
      if (alarm.run === run && alarm.round > finished) news.ring();
    }),
  ];
  client.closed.then((reason) => {
    lost = reason;
    news.ring();
  });
  signal.addEventListener("abort", ring);

  try {
    const watched = await client.request("sparring/run/watch", { run });
    // A change that was heard meanwhile is the newer one.
    overview ??= watched.overview;
    watcher.change(overview);
    let queue: string | undefined;
    for (;;) {
      const seen: RunOverview = overview;
      if (signal.aborted) return "left";
      if (lost !== undefined) return { lost };
      if (seen.state === "queued") {
        const line = await queueLine(client, seen, style.invocation);
        if (line !== undefined && line !== queue) watcher.say(...wrap(line, style.columns));
        queue = line;
      } else if (seen.state !== "starting") {
        await catchUp();
      }
      if (hasEnded(seen.state)) return { run: seen };
      await news.wait();
    }
  } catch (error) {
    if (error instanceof SparringError && error.code === "client/disconnected") return { lost: await client.closed };
    throw error;
  } finally {
    for (const each of unsubscribe) each();
    signal.removeEventListener("abort", ring);
  }

  /** Shows the rounds that are not shown yet; before the first of them, what is played. */
  async function catchUp(): Promise<void> {
    if (!watcher.view) watcher.begin(await client.request("sparring/run/get", { run }));
    const records: RoundRecord[] = [];
    for (;;) {
      const page = await client.request("sparring/round/list", { run, after: finished });
      records.push(...page.rounds);
      finished = page.rounds.at(-1)?.round ?? finished;
      if (!page.more) break;
    }
    watcher.finish(records);
    for (const record of records) onRound(record);
  }
}
