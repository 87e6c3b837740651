import { mkdir, statfs } from "node:fs/promises";
import { readDecoderConfig } from "../config.ts";
import { requireModelFiles } from "../folder.ts";
import { missingShard, readShardNames } from "../weights.ts";
import type { RepoCache } from "./cache.ts";
import type { HubClient, RemoteFile } from "./client.ts";
import { fetchFile } from "./fetch-file.ts";
import { claimHalf } from "./half-file.ts";

/** How far a download is. */
export interface DownloadProgress {
  /** The file that is coming. */
  readonly file: string;
  /** Bytes of all files that are there. Falls where a file has to begin anew. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What a model is loaded from, besides its weights. Nothing in a subfolder, and never pickle. */
const small =
  /^(config\.json|generation_config\.json|tokenizer[\w.-]*\.json|special_tokens_map\.json|chat_template\.jinja|model\.safetensors\.index\.json)$/;
const indexName = "model.safetensors.index.json";
const weightsName = "model.safetensors";

/**
 * Downloads a model into the cache: what says whether it can be used at all first, weights last, so that a snapshot which
 * has its weights is whole.
 * @returns the commit of its snapshot
 * @throws SparringError `model/hub-…`, those of `requireModelFiles` and `readDecoderConfig`; AbortedError
 */
export async function download(
  client: HubClient,
  cache: RepoCache,
  revision: string,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string> {
  const { commit, names } = await client.list();
  requireModelFiles(names, `${client.settings.endpoint}/${cache.repo}`, cache.repo);
  await mkdir(cache.blobs, { recursive: true });
  const stat = (name: string): Promise<RemoteFile> => client.stat(commit, name);

  const weights = names.includes(weightsName) ? [weightsName] : undefined;
  for (const name of weights ? ["config.json"] : ["config.json", indexName]) {
    await fetchFile(client, cache, commit, await stat(name), () => {});
  }
  const dir = cache.snapshot(commit);
  await readDecoderConfig(dir);
  const shards = weights ?? (await readShardNames(dir));
  const absent = shards.find((name) => !names.includes(name));
  if (absent !== undefined) throw missingShard(absent, `${client.settings.endpoint}/${cache.repo}`);
  const files: RemoteFile[] = [];
  for (const name of [...names.filter((each) => small.test(each)), ...shards]) files.push(await stat(name));

  await requireSpace(client, cache, commit, files);
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const file of files) {
    let told = 0;
    await fetchFile(client, cache, commit, file, (bytes) => {
      // A thousand times in all, not for each packet.
      if (bytes === told || (bytes !== file.size && Math.abs(bytes - told) < totalBytes / 1000)) return;
      told = bytes;
      onProgress({ file: file.name, doneBytes: before + bytes, totalBytes });
    });
    before += file.size;
  }
  await cache.writeRef(revision, commit);
  return commit;
}

async function requireSpace(
  client: HubClient,
  cache: RepoCache,
  commit: string,
  files: readonly RemoteFile[],
): Promise<void> {
  let needed = 0;
  for (const { name, size, hash } of files) {
    if (!cache.has(commit, name, hash)) needed += size - (await claimHalf(cache.blobs, hash)).bytes;
  }
  const { bavail, bsize } = await statfs(cache.blobs);
  if (needed > bavail * bsize) throw client.errors.noSpace(cache.blobs, needed, bavail * bsize);
}
