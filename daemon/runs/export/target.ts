import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { SparringError } from "../../errors.ts";
import { nodeFileSystem } from "../../store/fs.ts";
import { flushTree } from "../../store/tree.ts";

/**
 * Makes a folder that is there as a whole or not at all: it is filled under another name beside its place, flushed, and renamed.
 * @param dir  absolute; must not exist, or be an empty folder. Missing folders above it are made
 * @param fill gets the folder to fill; where it throws, nothing is left
 * @throws SparringError `run/target-not-absolute`, `run/target-exists`, `run/target-not-written`
 */
export async function makeFolder<T>(dir: string, fill: (folder: string) => Promise<T>): Promise<T> {
  await requireFree(dir, "folder");
  const partial = besides(dir);
  await written(
    dir,
    mkdir(dirname(dir), { recursive: true }).then(() => mkdir(partial)),
  );
  try {
    const result = await fill(partial);
    await written(dir, flushTree(nodeFileSystem, partial));
    // Windows does not rename onto an empty folder; one that is no longer empty is in the way, and stays.
    await rmdir(dir).catch(() => {});
    await written(dir, rename(partial, dir));
    await written(dir, nodeFileSystem.syncFolder(dirname(dir)));
    return result;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Makes a file that is there as a whole or not at all, line by line.
 * @param file absolute; must not exist. Missing folders above it are made
 * @param fill writes lines, a batch at a time
 * @returns bytes of the file
 * @throws SparringError as `makeFolder`
 */
export async function makeFile(
  file: string,
  fill: (write: (lines: readonly string[]) => Promise<void>) => Promise<void>,
): Promise<number> {
  await requireFree(file, "file");
  const partial = besides(file);
  const handle = await written(
    file,
    mkdir(dirname(file), { recursive: true }).then(() => open(partial, "wx")),
  );
  try {
    let size: number;
    try {
      await fill((lines) => written(file, handle.appendFile(lines.map((line) => `${line}\n`).join(""))));
      await written(file, handle.sync());
      ({ size } = await handle.stat());
    } finally {
      await handle.close();
    }
    await requireFree(file, "file");
    await written(file, rename(partial, file));
    await written(file, nodeFileSystem.syncFolder(dirname(file)));
    return size;
  } finally {
    await rm(partial, { force: true });
  }
}

/** A name beside a target that nothing has, and that tells what it is should it be left by a power cut. */
function besides(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.partial`);
}

async function requireFree(target: string, kind: "file" | "folder"): Promise<void> {
  if (!isAbsolute(target)) {
    throw new SparringError(
      "run/target-not-absolute",
      `${JSON.stringify(target)} is no absolute path, and the daemon works in another folder than you.`,
      "Give the whole path.",
    );
  }
  const found = await stat(target).catch(() => undefined);
  if (!found) return;
  if (kind === "folder" && found.isDirectory() && (await readdir(target)).length === 0) return;
  const what = found.isDirectory() ? (kind === "folder" ? "a folder that is not empty" : "a folder") : "a file";
  throw new SparringError(
    "run/target-exists",
    `There is ${what} already, and an export overwrites nothing.`,
    "Give another name, or remove what is there.",
    { place: target },
  );
}

/** Work on the target's disk, with an error that a person can act on. */
async function written<T>(target: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new SparringError(
      "run/target-not-written",
      `The export can't be written: ${(cause as Error).message}.`,
      "Choose a place that your user may write, on a disk with room for it.",
      { place: target, cause },
    );
  }
}
