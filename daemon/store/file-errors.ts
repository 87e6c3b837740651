import { SparringError } from "../errors.ts";
import type { FileSystem } from "./fs.ts";

/** Node's error code (`ENOENT`, …) of a failed file operation, undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The value, or `fallback` where the file or folder does not exist. */
export async function orIfMissing<T>(work: Promise<T>, fallback: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return fallback;
    throw error;
  }
}

/**
 * A failed file operation in words: `store/disk-full`, `store/not-writable`, `store/not-readable`,
 * `store/not-a-folder`. Every other error comes
 * back as it is: a missing file, say, means something else to each caller.
 */
export function fileError(cause: unknown, path: string, purpose: "read" | "write"): unknown {
  switch (errorCode(cause)) {
    case "ENOSPC":
    case "EDQUOT":
      return new SparringError(
        "store/disk-full",
        `No space is left to write ${path}.`,
        "Free some space on that disk (or raise your quota), then try again, or resume the run: every finished round is safe.",
        { place: path, cause },
      );
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return purpose === "write"
        ? new SparringError(
            "store/not-writable",
            `Sparring may not write ${path}.`,
            "Make that folder writable for your user, or set SPARRING_HOME to a folder that is.",
            { place: path, cause },
          )
        : new SparringError(
            "store/not-readable",
            `Sparring may not read ${path}.`,
            "Make that file readable for your user.",
            { place: path, cause },
          );
    case "ENOTDIR":
      return new SparringError(
        "store/not-a-folder",
        `A part of the path ${path} is a file where a folder should be.`,
        "Move that file away, or set SPARRING_HOME to another folder.",
        { place: path, cause },
      );
    default:
      return cause;
  }
}

/** The same file system, with errors that a person can act on (see `fileError`). */
export function withClearErrors(fs: FileSystem): FileSystem {
  const reading = <T>(path: string, work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw fileError(error, path, "read");
    });
  const writing = (path: string, work: Promise<void>): Promise<void> =>
    work.catch((error) => {
      throw fileError(error, path, "write");
    });
  return {
    read: (path) => reading(path, fs.read(path)),
    async *readChunks(path, chunkBytes) {
      try {
        yield* fs.readChunks(path, chunkBytes);
      } catch (error) {
        throw fileError(error, path, "read");
      }
    },
    readRange: (path, start, end) => reading(path, fs.readRange(path, start, end)),
    size: (path) => reading(path, fs.size(path)),
    stamp: (path) => reading(path, fs.stamp(path)),
    list: (folder) => reading(folder, fs.list(folder)),
    write: (path, data, mode) => writing(path, fs.write(path, data, mode)),
    append: (path, data) => writing(path, fs.append(path, data)),
    truncate: (path, bytes) => writing(path, fs.truncate(path, bytes)),
    syncFile: (path) => writing(path, fs.syncFile(path)),
    syncFolder: (path) => writing(path, fs.syncFolder(path)),
    rename: (from, to) => writing(to, fs.rename(from, to)),
    makeFolder: (path, mode) => writing(path, fs.makeFolder(path, mode)),
    removeFile: (path) => writing(path, fs.removeFile(path)),
    removeFolder: (path) => writing(path, fs.removeFolder(path)),
  };
}
