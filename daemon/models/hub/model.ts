import { AbortedError, SparringError } from "../../errors.ts";
import { RepoCache } from "./cache.ts";
import { HubClient } from "./client.ts";
import { type DownloadProgress, download } from "./download.ts";
import type { HubId } from "./id.ts";
import type { HubSettings } from "./settings.ts";

export interface HubOptions {
  /** Ends a download; what has come is kept and the next one goes on from there. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of a download about a thousand times, and not at all where the cache has the model. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** Downloads that go on in this process, by the model's folder in the cache. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * A model of the hub as a folder: from the cache where it is whole, else downloaded into it. One process downloads a model
 * once at a time; a second caller waits, and finds it in the cache. Two processes may download the same twice, without harm.
 * @returns the snapshot's folder, and its commit
 * @throws SparringError `model/hub-…` and those of `download`; AbortedError
 */
export async function hubModel(
  id: HubId,
  settings: HubSettings,
  { signal, onProgress = () => {} }: HubOptions = {},
  cache: RepoCache = new RepoCache(settings.cacheDir, id.repo),
): Promise<{ dir: string; commit: string }> {
  while (underWay.has(cache.dir)) await settled(underWay.get(cache.dir)!, signal);
  const work = findOrDownload(id, new HubClient(settings, id, signal), cache, onProgress);
  underWay.set(cache.dir, work);
  try {
    const commit = await work;
    return { commit, dir: cache.snapshot(commit) };
  } finally {
    underWay.delete(cache.dir);
  }
}

async function findOrDownload(
  id: HubId,
  client: HubClient,
  cache: RepoCache,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string> {
  const found = await cache.find(id);
  if ("commit" in found) return found.commit;
  if (client.settings.offline) throw client.errors.offline(found.missing);
  try {
    return await download(client, cache, id.revision, onProgress);
  } catch (error) {
    const isOfDisk = error instanceof Error && "syscall" in error && !(error instanceof SparringError);
    throw isOfDisk ? client.errors.cacheUnusable(cache.dir, error) : error;
  }
}

/** Resolves when the work has ended, well or not. @throws AbortedError */
function settled(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new AbortedError("the download"));
    const stop = (): void => reject(new AbortedError("the download"));
    signal?.addEventListener("abort", stop, { once: true });
    const done = (): void => {
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    work.then(done, done);
  });
}
