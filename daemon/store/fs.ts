import {
  appendFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rmdir,
  stat,
  truncate,
  unlink,
  writeFile,
} from "node:fs/promises";

/** A name in a folder. Anything that is not a folder counts as a file. */
export interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder";
}

/** What tells one state of a file from another without reading it. */
export interface FileStamp {
  readonly bytes: number;
  /** Time of the last change, milliseconds since 1970, as finely as the disk keeps it. */
  readonly modified: number;
  /** The file's number on its disk: a file that was replaced has another one. */
  readonly inode: number;
}

/**
 * The file operations of the store: everything it writes goes through here, so that a test can record the steps and
 * replay what a power cut would have left of them. One method is one step: none writes and flushes at once.
 *
 * Data is durable after `syncFile`; names (new files, renames, removals) after `syncFolder` of the folder they are in.
 * All methods reject with Node's own error codes (`ENOENT`, `EEXIST`, …).
 */
export interface FileSystem {
  read(path: string): Promise<Uint8Array>;
  /** The file in pieces of `chunkBytes`, the last one shorter. A piece is valid until the next one is asked for. */
  readChunks(path: string, chunkBytes: number): AsyncIterable<Uint8Array>;
  /** The bytes from `start` up to `end`, fewer where the file ends before. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>;
  /** Bytes in a file. */
  size(path: string): Promise<number>;
  stamp(path: string): Promise<FileStamp>;
  /** In no particular order. */
  list(folder: string): Promise<Entry[]>;
  /** Creates the file or replaces its content. `mode`: permissions of a file that is created. */
  write(path: string, data: Uint8Array, mode?: number): Promise<void>;
  /** Creates the file if it is missing. */
  append(path: string, data: Uint8Array): Promise<void>;
  truncate(path: string, bytes: number): Promise<void>;
  syncFile(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /** Atomic; replaces a file at `to`, not a folder. */
  rename(from: string, to: string): Promise<void>;
  /** Exclusive: rejects with `EEXIST` where something has that name. The parent must exist. `mode`: its permissions. */
  makeFolder(path: string, mode?: number): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** The folder must be empty. */
  removeFolder(path: string): Promise<void>;
}

/** The real disk. */
export const nodeFileSystem: FileSystem = {
  read: (path) => readFile(path),
  async *readChunks(path, chunkBytes) {
    const file = await open(path, "r");
    try {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      for (;;) {
        const filled = await fill(file, buffer, null);
        if (filled > 0) yield buffer.subarray(0, filled);
        if (filled < chunkBytes) return;
      }
    } finally {
      await file.close();
    }
  },
  async readRange(path, start, end) {
    const file = await open(path, "r");
    try {
      const buffer = Buffer.allocUnsafe(end - start);
      return buffer.subarray(0, await fill(file, buffer, start));
    } finally {
      await file.close();
    }
  },
  size: async (path) => (await stat(path)).size,
  async stamp(path) {
    const { size, mtimeMs, ino } = await stat(path);
    return { bytes: size, modified: mtimeMs, inode: ino };
  },
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, kind: entry.isDirectory() ? "folder" : "file" }));
  },
  write: (path, data, mode) => writeFile(path, data, { mode }),
  append: (path, data) => appendFile(path, data),
  truncate: (path, bytes) => truncate(path, bytes),
  syncFile: (path) => sync(path, "r+"),
  async syncFolder(path) {
    // Windows has no handle on a folder to flush; NTFS journals names by itself.
    if (process.platform !== "win32") await sync(path, "r");
  },
  rename: (from, to) => rename(from, to),
  makeFolder: (path, mode) => mkdir(path, { mode }),
  removeFile: (path) => unlink(path),
  removeFolder: (path) => rmdir(path),
};

async function sync(path: string, mode: "r" | "r+"): Promise<void> {
  const file = await open(path, mode);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads from a position (null: where the last read ended) until the buffer is full or the file ends. @returns bytes read */
async function fill(file: FileHandle, buffer: Buffer, position: number | null): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const at = position === null ? null : position + filled;
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, at);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
