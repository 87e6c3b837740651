import type { DaemonClient } from "../../client/client.ts";
import { SparringError } from "../../errors.ts";
import { Store } from "../../store/store.ts";
import { allRuns } from "../names.ts";
import { printable } from "../text/printable.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Names that a finding gives at most. */
const named = 5;

function names(ids: readonly string[]): string {
  const more = ids.length > named ? ` and ${ids.length - named} more` : "";
  return ids.slice(0, named).map(printable).join(", ") + more;
}

/** The runs' folders: whether each can be read, and whether the daemon knows it. */
export async function checkFolders(home: string, client: DaemonClient | undefined): Promise<Finding> {
  const store = new Store(home);
  const ids = await store.listRuns();
  const errors: SparringError[] = [];
  for (const id of ids) {
    await store.readRun(id).catch((error: unknown) => {
      if (!(error instanceof SparringError)) throw error;
      errors.push(error);
    });
  }
  const [first] = errors;
  if (first) {
    const others = errors.length > 1 ? ` The same is true of ${errors.length - 1} more.` : "";
    const place = first.place === undefined ? "" : ` (${first.place})`;
    return problem("Folders", printable(`${first.message}${place}${others}`), printable(first.next));
  }
  if (!client) return ok("Folders", `${ids.length} runs, all readable.`);
  const listed = new Set((await allRuns(client)).map(({ id }) => id));
  const missing = ids.filter((id) => !listed.has(id));
  if (missing.length === 0) return ok("Folders", `${ids.length} runs, all readable and known to the daemon.`);
  return warning(
    "Folders",
    `The daemon does not know ${names(missing)}.`,
    "Run `sparring serve --stop`: the next daemon reads the folders anew.",
  );
}

/** Runs that wait for a person. */
export async function checkStates(client: DaemonClient | undefined): Promise<Finding> {
  if (!client) return ok("Runs", "Their states are known when a daemon runs.");
  const runs = await allRuns(client);
  const of = (state: string): string[] => runs.filter((run) => run.state === state).map(({ id }) => id);
  const [failed, interrupted] = [of("failed"), of("interrupted")];
  if (failed.length > 0) {
    return warning("Runs", `Failed: ${names(failed)}.`, `Run \`sparring show ${failed[0]}\`, which says why.`);
  }
  if (interrupted.length > 0) {
    return warning("Runs", `Interrupted: ${names(interrupted)}.`, `Run \`sparring resume ${interrupted[0]}\`.`);
  }
  return ok("Runs", `${runs.length} in all, none failed or interrupted.`);
}
