import { access } from "node:fs/promises";
import { applyOverrides, resolveConfig } from "../../config/load.ts";
import type { RunRequest } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { originOf } from "../origin.ts";
import { recordOf } from "../reading/record.ts";
import { prepareFork, resumeRun, startFork, startRun } from "../run.ts";
import type { Training } from "./live-run.ts";

/**
 * What it takes to go on with a run that is at rest: resume it where its first session began, else start or fork it as it was
 * asked for.
 * @throws SparringError of `prepareFork`, ConfigError
 */
export async function trainingOf(store: Store, id: string, request: RunRequest | undefined): Promise<Training> {
  if (!request || (await recordOf(store, id))) return resumeRun;
  if (request.kind === "start") {
    const config = resolveConfig(request.config);
    return (options) => startRun(config, options);
  }
  const { parent, round, settings, workspace } = request;
  const dir = originOf(store, id);
  const isKept = await access(dir).then(
    () => true,
    () => false,
  );
  if (!isKept) {
    const fork = await prepareFork(store, id, { parent, round }, settings, workspace);
    return (options) => startFork(fork, options);
  }
  const record = await store.readRun(parent);
  const { config } = applyOverrides(resolveConfig(record.config), settings, workspace);
  return (options) => startFork({ parent: record, origin: { round, dir }, config }, options);
}
