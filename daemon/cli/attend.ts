import type { DaemonClient } from "../client/client.ts";
import type { RunOverview } from "../protocol.ts";
import { type Cli, exitCodes } from "./cli.ts";
import { print, printJson, styleOf } from "./screen.ts";
import { wrap } from "./text/fit.ts";
import { queueLine } from "./watch/queue-line.ts";
import type { RunSummary } from "./watch/summary.ts";
import { watchRun } from "./watch/watch-run.ts";

/** Watches a run that was just queued, or says its id and returns. */
export async function attend(
  cli: Cli,
  client: DaemonClient,
  queued: RunOverview,
  { json, detach }: { readonly json: boolean; readonly detach: boolean },
): Promise<number> {
  if (detach) {
    await sayQueued(cli, client, queued, json);
    return exitCodes.ok;
  }
  const summary = await watchRun(cli, client, queued.id, { json });
  if (json && summary) printJson(cli, summary);
  return exitCodeOf(summary);
}

/** The id of a run that is left to itself, and what it waits for. */
export async function sayQueued(cli: Cli, client: DaemonClient, queued: RunOverview, json: boolean): Promise<void> {
  if (json) return printJson(cli, queued);
  const waiting = queued.state === "queued" ? await queueLine(client, queued, cli.invocation) : undefined;
  print(cli, [
    ...wrap(waiting ?? `${queued.id} is ${queued.state}.`, styleOf(cli, cli.stdout).columns),
    `Watch it with \`${cli.invocation} watch ${queued.id}\`.`,
  ]);
}

/** The exit code of a watched run. */
export function exitCodeOf(summary: RunSummary | undefined): number {
  if (summary?.status === "finished") return exitCodes.ok;
  return summary?.status === "interrupted" ? exitCodes.failed : exitCodes.interrupted;
}
