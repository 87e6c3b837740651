import { applyOverrides, resolveConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { SparringError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";
import { recordOf } from "./record.ts";

/**
 * The complete config of a run: as it was started with, or, while it waits for its first start, as it will be.
 * @throws SparringError `store/unknown-run`, `run/no-config`, ConfigError where another version wrote it
 */
export async function configOf(store: Store, run: string): Promise<Config> {
  const record = await recordOf(store, run);
  if (record) return resolveConfig(record.config);
  const request = (await store.readStatus(run))?.request;
  if (request?.kind === "start") return resolveConfig(request.config);
  if (request) return applyOverrides(await configOf(store, request.parent), request.settings, request.workspace).config;
  throw new SparringError(
    "run/no-config",
    `Run "${run}" has neither a record nor a request, so its config is not known.`,
    "Look into its folder: run.json or status.json was removed.",
    { place: store.dir(run) },
  );
}
