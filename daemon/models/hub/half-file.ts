import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { type FileHandle, open, readdir, rename, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { RemoteFile } from "./client.ts";

/** Of another machine (the cache may be shared) we can't ask which processes run. */
const abandonedAfterMs = 10 * 60_000;

/**
 * The path of the half file of a blob that this process may write. Its name says whose it is, so no two processes write
 * to the same; one that a process left behind is taken over (its renaming succeeds for one process only).
 * @param blobs the cache's folder of blobs
 * @returns its path, `<hash>.<pid>.<host>.incomplete`, and how many bytes it has
 */
export async function claimHalf(blobs: string, hash: string): Promise<{ path: string; bytes: number }> {
  const path = join(blobs, `${hash}.${process.pid}.${hostname()}.incomplete`);
  if (!existsSync(path)) await takeOver(blobs, hash, path);
  const found = await stat(path).catch(() => undefined);
  return { path, bytes: found?.size ?? 0 };
}

async function takeOver(blobs: string, hash: string, path: string): Promise<void> {
  for (const name of await readdir(blobs)) {
    const owner = /^([0-9a-f]+)\.(\d+)\.(.+)\.incomplete$/.exec(name);
    if (owner?.[1] !== hash) continue;
    const other = join(blobs, name);
    const abandoned =
      owner[3] === hostname() ? !isRunning(Number(owner[2])) : Date.now() - (await lastWrite(other)) > abandonedAfterMs;
    if (!abandoned) continue;
    // It fails where another process was faster.
    const taken = await rename(other, path).then(
      () => true,
      () => false,
    );
    if (taken) return;
  }
}

async function lastWrite(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A file on its way, with the hash of what is there so far. */
export class HalfFile {
  readonly #handle: FileHandle;
  readonly #file: RemoteFile;
  #hash: Hash;
  #length = 0;

  private constructor(handle: FileHandle, file: RemoteFile) {
    this.#handle = handle;
    this.#file = file;
    this.#hash = newHash(file);
  }

  /** Opens a half file, or begins one, and reads what it has. */
  static async open(path: string, file: RemoteFile): Promise<HalfFile> {
    const half = new HalfFile(await open(path, "a"), file);
    try {
      for await (const chunk of createReadStream(path)) half.#count(chunk);
    } catch (error) {
      await half.close();
      throw error;
    }
    return half;
  }

  /** Bytes. */
  get length(): number {
    return this.#length;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#handle.appendFile(chunk);
    this.#count(chunk);
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#handle.truncate();
    this.#hash = newHash(this.#file);
    this.#length = 0;
  }

  /** Whether it is the file that was announced, and on disk. */
  async isWhole(): Promise<boolean> {
    if (this.#length !== this.#file.size || this.#hash.copy().digest("hex") !== this.#file.hash) return false;
    await this.#handle.sync();
    return true;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #count(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#length += chunk.length;
  }
}

/** The hub names LFS files by their SHA-256, and others as git does: SHA-1 of a header with the size, and the content. */
function newHash({ hash, size }: RemoteFile): Hash {
  return hash.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
