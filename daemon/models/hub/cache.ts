import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SparringError } from "../../errors.ts";
import { requireModelFiles } from "../folder.ts";
import { readShardNames } from "../weights.ts";
import type { HubId } from "./id.ts";

const commitPattern = /^[0-9a-f]{40}$/;

/**
 * One model's folder in the Hugging Face cache, in the layout of Python's huggingface_hub, which shares it:
 *
 *   models--org--name/refs/main                     the commit that `main` was, when somebody asked
 *                     blobs/<hash>                  contents
 *                     snapshots/<commit>/<file>     links to blobs; a model folder
 */
export class RepoCache {
  readonly repo: string;
  readonly dir: string;
  readonly blobs: string;
  readonly #link: typeof symlink;

  /** @param link makes a symbolic link; another one in tests, because not all file systems can */
  constructor(cacheDir: string, repo: string, link: typeof symlink = symlink) {
    this.repo = repo;
    this.dir = join(cacheDir, `models--${repo.replace("/", "--")}`);
    this.blobs = join(this.dir, "blobs");
    this.#link = link;
  }

  snapshot(commit: string): string {
    return join(this.dir, "snapshots", commit);
  }

  blob(hash: string): string {
    return join(this.blobs, hash);
  }

  /**
   * The snapshot of a revision, if all is there that training needs. What `main` is on the hub today isn't asked: the
   * same cache gives the same model.
   */
  async find({ revision }: HubId): Promise<{ commit: string } | { missing: string }> {
    const commit = commitPattern.test(revision) ? revision : await this.#commitOf(revision);
    if (commit === undefined) return { missing: `it has no revision "${revision}"` };
    const missing = await lacks(this.snapshot(commit));
    return missing === undefined ? { commit } : { missing };
  }

  async #commitOf(revision: string): Promise<string | undefined> {
    const text = await readFile(join(this.dir, "refs", revision), "utf8").catch(() => "");
    return commitPattern.test(text.trim()) ? text.trim() : undefined;
  }

  /** Notes which commit a revision is. */
  async writeRef(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const path = join(this.dir, "refs", revision);
    await mkdir(dirname(path), { recursive: true });
    const draft = join(this.dir, `.ref-${process.pid}`);
    await writeFile(draft, commit);
    await rename(draft, path);
  }

  /** Whether a file of a snapshot is there, or its content is. */
  has(commit: string, name: string, hash: string): boolean {
    return existsSync(join(this.snapshot(commit), name)) || existsSync(this.blob(hash));
  }

  /** Puts a whole blob into a snapshot. */
  async link(commit: string, name: string, hash: string): Promise<void> {
    const path = join(this.snapshot(commit), name);
    if (existsSync(path)) return;
    await mkdir(dirname(path), { recursive: true });
    // A link may be left whose blob was deleted.
    await rm(path, { force: true });
    try {
      // Relative, so that the cache can be moved.
      await this.#link(`../../blobs/${hash}`, path);
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
      // As Python's: where links can't be made, the file itself lies in the snapshot.
      await rename(this.blob(hash), path);
    }
  }
}

/** What a folder lacks of a whole model, as a sentence; undefined for nothing. */
async function lacks(dir: string): Promise<string | undefined> {
  const listed = await readdir(dir).catch(() => []);
  // A link may point to a blob that is not there.
  const names = listed.filter((name) => existsSync(join(dir, name)));
  try {
    requireModelFiles(names, dir);
    if (names.includes("model.safetensors")) return undefined;
    const shard = (await readShardNames(dir)).find((name) => !names.includes(name));
    return shard && `the shard ${shard} is missing`;
  } catch (error) {
    if (error instanceof SparringError) return error.message;
    throw error;
  }
}
