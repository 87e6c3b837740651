import { isDeepStrictEqual } from "node:util";
import type { DaemonClient } from "../../client/client.ts";
import { describeChanges } from "../../config/changes.ts";
import { parseConfig, resolveConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { SparringError } from "../../errors.ts";
import type { RunOverview } from "../../protocol.ts";
import { type PlannedRun, plannedRuns, type Study } from "../../studies/study.ts";
import { allRuns } from "../names.ts";
import { hasEnded } from "../states.ts";
import { printable } from "../text/printable.ts";

/** A planned run with its config, and what the daemon knows of it. */
export interface StudyRun {
  readonly planned: PlannedRun;
  readonly config: Config;
  /** Undefined where there is no such run yet. */
  readonly overview: RunOverview | undefined;
}

/** A planned run that the daemon has. */
export interface QueuedRun extends StudyRun {
  readonly overview: RunOverview;
}

/** Differences that an error names at most. */
const named = 3;

/**
 * Every run of a study, with what is there of it.
 * @throws ConfigError where settings don't go together
 * @throws SparringError `cli/study-differs` where a run of that id has other settings
 */
export async function findRuns(client: DaemonClient, study: Study): Promise<StudyRun[]> {
  const known = new Map((await allRuns(client)).map((run) => [run.id, run]));
  const runs = plannedRuns(study).map((planned): StudyRun => {
    const { config } = parseConfig("{}", { file: `${study.name}.sparring.yaml`, overrides: planned.settings });
    return { planned, config, overview: known.get(planned.id) };
  });
  for (const { planned, config, overview } of runs) {
    if (!overview) continue;
    const { config: stored, lineage } = await client.request("sparring/run/get", { run: planned.id });
    const played = resolveConfig(stored);
    if (lineage?.parent || !isDeepStrictEqual(played, config)) throw differs(planned.id, played, config);
  }
  return runs;
}

/**
 * Queues the runs that are not there, and lets those go on that have stopped before their end, in the study's order.
 * @returns all runs of the study
 */
export async function queueRuns(client: DaemonClient, runs: readonly StudyRun[]): Promise<QueuedRun[]> {
  const queued: QueuedRun[] = [];
  for (const run of runs) queued.push({ ...run, overview: await queueRun(client, run) });
  return queued;
}

async function queueRun(client: DaemonClient, { planned: { id }, config, overview }: StudyRun): Promise<RunOverview> {
  if (!overview) return client.request("sparring/run/start", { run: id, config: { ...config } });
  return goesOn(overview) ? client.request("sparring/run/resume", { run: id }) : overview;
}

/** Whether a run has begun and rests before its end. */
function goesOn({ state }: RunOverview): boolean {
  return state === "paused" || (hasEnded(state) && state !== "finished");
}

/** What is there of a study and what is still to be done, as a sentence. */
export function standOf(runs: readonly StudyRun[]): string {
  const overviews = runs.map(({ overview }) => overview).filter((overview) => overview !== undefined);
  const finished = overviews.filter(({ state }) => state === "finished").length;
  const resting = overviews.filter(goesOn).length;
  const rest = [
    [overviews.length - finished - resting, "under way"],
    [resting, "to go on"],
    [runs.length - overviews.length, "to begin"],
  ] as const;
  const parts = rest.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
  return `${finished} of ${runs.length} runs are finished${parts.join("")}.`;
}

function differs(id: string, played: Config, planned: Config): SparringError {
  const changes = Object.entries(describeChanges(played, planned));
  const shown = changes
    .slice(0, named)
    .map(([path, [was, is]]) => `${path} ${JSON.stringify(was)} instead of ${JSON.stringify(is)}`);
  const more = changes.length > named ? ` and ${changes.length - named} more` : "";
  const how = changes.length === 0 ? "it is a fork" : `it has ${printable(shown.join(", "))}${more}`;
  return new SparringError(
    "cli/study-differs",
    `There is a run "${id}" that is not the one of the study: ${how}.`,
    "Move its folder out of the home's `runs`, or run the study in another SPARRING_HOME.",
  );
}
