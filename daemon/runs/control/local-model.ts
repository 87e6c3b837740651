import { existsSync } from "node:fs";
import { join } from "node:path";
import { RepoCache } from "../../models/hub/cache.ts";
import { hubSettings } from "../../models/hub/settings.ts";
import { hubIdOf, type ResolvedModel, resolveModel } from "../../models/resolve.ts";

/** A model that is on this machine, or why it is not. */
export type LocalModel = { readonly model: ResolvedModel } | { readonly missing: string };

/**
 * Finds a model as a config names it, without downloading anything.
 * @throws SparringError as `resolveModel`, where something is there and is no model
 */
export async function localModel(path: string, home: string): Promise<LocalModel> {
  const id = hubIdOf(path, home);
  if (id) {
    const cache = new RepoCache((await hubSettings()).cacheDir, id.repo);
    const found = await cache.find(id);
    if ("missing" in found) return { missing: `in the Hugging Face cache ${found.missing}` };
    return { model: { dir: cache.snapshot(found.commit), name: id.repo, pinned: `${id.repo}@${found.commit}` } };
  }
  if (!path.startsWith("builtin:") && !existsSync(path)) return { missing: `there is no folder ${path}` };
  return { model: await resolveModel(path, home) };
}

/** The model that a run's stage begins with, see `modelOf`. @throws SparringError as `localModel` */
export async function localStageModel(path: string, stageModel: string | undefined, home: string): Promise<LocalModel> {
  if (stageModel === undefined) return localModel(path, home);
  const dir = join(home, stageModel);
  return existsSync(dir) ? { model: { dir, name: stageModel } } : { missing: `there is no folder ${dir}` };
}
