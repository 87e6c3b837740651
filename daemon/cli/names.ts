import type { DaemonClient } from "../client/client.ts";
import { nearest } from "../config/keys.ts";
import { SparringError } from "../errors.ts";
import type { RunOverview } from "../protocol.ts";
import { printable } from "./text/printable.ts";

/** Candidates that an error names at most. */
const named = 8;

/** All runs, the newest first. */
export async function allRuns(client: DaemonClient): Promise<RunOverview[]> {
  const runs: RunOverview[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await client.request("sparring/run/list", { limit: 1000, ...(after !== undefined && { after }) });
    runs.push(...page.runs);
    if (page.next === null) return runs;
    after = page.next;
  }
}

/**
 * The run that a person means: an id, the beginning of one, or `last` or `@` for the newest.
 * @param runs the newest first
 * @throws SparringError `cli/unknown-run`, `cli/ambiguous-run`, `cli/no-runs`
 */
export function findRun(text: string, runs: readonly RunOverview[]): RunOverview {
  const exact = runs.find(({ id }) => id === text);
  if (exact) return exact;
  const [newest] = runs;
  if (!newest) {
    throw new SparringError("cli/no-runs", "There are no runs yet.", "Run `sparring play`, which trains the example.");
  }
  if (text === "last" || text === "@") return newest;
  const meant = text === "" ? [] : runs.filter(({ id }) => id.startsWith(text));
  if (meant.length === 1) return meant[0]!;
  const shown = JSON.stringify(printable(text));
  if (meant.length > 1) {
    const more = meant.length > named ? ` and ${meant.length - named} more` : "";
    const ids = meant.slice(0, named).map(({ id }) => id);
    throw new SparringError(
      "cli/ambiguous-run",
      `${shown} is the beginning of ${meant.length} runs: ${ids.join(", ")}${more}.`,
      "Write more of the id.",
    );
  }
  const near = nearest(
    text,
    runs.map(({ id }) => id),
  );
  throw new SparringError(
    "cli/unknown-run",
    `There is no run whose id is or begins with ${shown}.`,
    near === undefined ? "Run `sparring list`, which shows the ids." : `Write ${near}, if you meant that one.`,
  );
}

/** As `findRun`, of the daemon's runs. */
export async function resolveRun(client: DaemonClient, text: string): Promise<RunOverview> {
  return findRun(text, await allRuns(client));
}
