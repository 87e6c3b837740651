import { dirname, join } from "node:path";
import { errorCode, orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";

/** Everything below a folder, as paths relative to it with `/` between names; a folder comes before what it holds. */
export interface Tree {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Lists a folder and all folders below it. */
export async function walk(fs: FileSystem, root: string): Promise<Tree> {
  const files: string[] = [];
  const folders: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await fs.list(join(root, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.kind === "file") files.push(path);
      else {
        folders.push(path);
        await visit(path);
      }
    }
  };
  await visit("");
  return { files, folders };
}

/** Makes a folder and all it holds durable. The folder's own name is durable once its parent is flushed. */
export async function flushTree(fs: FileSystem, root: string): Promise<void> {
  const { files, folders } = await walk(fs, root);
  await Promise.all(files.map((file) => fs.syncFile(join(root, file))));
  await Promise.all(folders.map((folder) => fs.syncFolder(join(root, folder))));
  await fs.syncFolder(root);
}

/** Removes what a folder holds and keeps the folder. */
export async function emptyFolder(fs: FileSystem, root: string): Promise<void> {
  const { files, folders } = await walk(fs, root);
  for (const file of files) await fs.removeFile(join(root, file));
  for (const folder of [...folders].reverse()) await fs.removeFolder(join(root, folder));
}

/** Removes a folder with all it holds; a missing one is fine. Not atomic: rename first where a half must not be seen. */
export async function removeTree(fs: FileSystem, root: string): Promise<void> {
  if ((await orIfMissing(fs.list(root), undefined)) === undefined) return;
  await emptyFolder(fs, root);
  await fs.removeFolder(root);
}

/** Makes a folder unless it is there. Its name is durable once its parent is flushed. `mode`: permissions of a new one. */
export async function ensureFolder(fs: FileSystem, path: string, mode?: number): Promise<void> {
  try {
    await fs.makeFolder(path, mode);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** Makes a folder and the missing ones above it, all durable. `mode`: permissions of the new ones. */
export async function ensureFolders(fs: FileSystem, path: string, mode?: number): Promise<void> {
  if ((await orIfMissing(fs.list(path), undefined)) !== undefined) return;
  await ensureFolders(fs, dirname(path), mode);
  await ensureFolder(fs, path, mode);
  try {
    await fs.syncFolder(dirname(path));
  } catch (error) {
    // A repeated attempt must flush again, not find a folder and believe it durable.
    await fs.removeFolder(path);
    throw error;
  }
}

/** Suffix of a file that is being written; a leftover of a crash, removed at the next start. */
export const temporarySuffix = ".tmp";

/**
 * Writes a whole file, durably: after a crash the old content or the new one is there, never a mixture.
 * `mode`: its permissions.
 */
export async function replaceFile(fs: FileSystem, path: string, data: Uint8Array, mode?: number): Promise<void> {
  const temporary = `${path}${temporarySuffix}`;
  await fs.write(temporary, data, mode);
  await fs.syncFile(temporary);
  await fs.rename(temporary, path);
  await fs.syncFolder(dirname(path));
}
