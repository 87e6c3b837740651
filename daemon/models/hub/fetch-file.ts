import { rename, rm } from "node:fs/promises";
import type { RepoCache } from "./cache.ts";
import type { HubClient, RemoteFile } from "./client.ts";
import { TransientFailure } from "./errors.ts";
import { claimHalf, HalfFile } from "./half-file.ts";

/**
 * Brings one file into a snapshot; what is there already is not asked for again.
 * @param onBytes hears how much of the file there is, with every packet
 * @throws SparringError `model/hub-damaged`, `model/hub-unreachable` and other refusals of the hub; AbortedError
 */
export async function fetchFile(
  client: HubClient,
  cache: RepoCache,
  commit: string,
  file: RemoteFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (!cache.has(commit, file.name, file.hash)) {
    const { path } = await claimHalf(cache.blobs, file.hash);
    if (!(await receiveWhole(client, commit, file, path, onBytes))) {
      await rm(path);
      throw client.errors.damaged(file.name);
    }
    await rename(path, cache.blob(file.hash));
  }
  await cache.link(commit, file.name, file.hash);
  onBytes(file.size);
}

/** Receives a file, a second time if the first was not what was announced. @returns whether it is now */
async function receiveWhole(
  client: HubClient,
  commit: string,
  file: RemoteFile,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  const half = await HalfFile.open(path, file);
  try {
    await receive(client, commit, file, half, onBytes);
    if (await half.isWhole()) return true;
    await half.restart();
    await receive(client, commit, file, half, onBytes);
    return await half.isWhole();
  } finally {
    await half.close();
  }
}

/** Receives until the announced size is reached, over as many connections as it takes. */
async function receive(
  client: HubClient,
  commit: string,
  file: RemoteFile,
  half: HalfFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (half.length > file.size) await half.restart();
  const patience = client.patience();
  let best = half.length;
  while (half.length < file.size) {
    try {
      await receiveOnce(client, commit, file, half, onBytes);
    } catch (error) {
      // Only what is more than ever counts as success; a server that always begins anew would keep us for ever.
      if (half.length > best) patience.renew();
      best = Math.max(best, half.length);
      await patience.after(error);
    }
  }
}

/** One connection. @throws TransientFailure where it ends before the file does */
async function receiveOnce(
  client: HubClient,
  commit: string,
  file: RemoteFile,
  half: HalfFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const from = half.length;
  const reply = await client.read(commit, file, from);
  if (reply.status === 200 && from > 0) await half.restart();
  if (reply.status !== 200 && firstByte(reply.headers) !== from) {
    reply.close();
    await half.restart();
    throw new TransientFailure(`it sends other parts of ${file.name} than it was asked for`);
  }
  for await (const chunk of reply.chunks()) {
    // What comes beyond the announced size is not looked at: the hash decides whether that size was right.
    await half.append(chunk.subarray(0, file.size - half.length));
    onBytes(half.length);
    if (half.length === file.size) return;
  }
  if (half.length < file.size) {
    throw new TransientFailure(`${file.name} broke off after ${half.length} of ${file.size} bytes`);
  }
}

/** Where a partial answer begins. */
function firstByte(headers: Headers): number | undefined {
  const range = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "");
  return range ? Number(range[1]) : undefined;
}
