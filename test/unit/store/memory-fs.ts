import { basename, dirname } from "node:path";
import type { Entry, FileStamp, FileSystem } from "../../../daemon/store/fs.ts";

/** A file's number on its disk: names come and go, data belongs to the number. */
type Inode = number;
export const rootInode: Inode = 1;

export type DataChange =
  | { readonly kind: "write" | "append"; readonly data: Buffer }
  | { readonly kind: "truncate"; readonly bytes: number };

/** One step that reached the operating system, in order. */
export type Step =
  /** Names that appear (an inode) or vanish (null), all at once; for a new inode, what it is. */
  | { readonly kind: "names"; readonly changes: readonly NameChange[]; readonly creates?: "file" | "folder" }
  | { readonly kind: "data"; readonly inode: Inode; readonly change: DataChange }
  | { readonly kind: "sync"; readonly inode: Inode }
  /** A note of the test, e.g. that a round was acknowledged. */
  | { readonly kind: "mark"; readonly mark: unknown };

export interface NameChange {
  readonly folder: Inode;
  readonly name: string;
  readonly inode: Inode | null;
}

export interface Disk {
  readonly folders: Map<Inode, Map<string, Inode>>;
  readonly files: Map<Inode, Buffer>;
}

/** An operation that needs space; what `MemoryFileSystem.isFull` is asked about. */
export type Growing = "write" | "append" | "sync" | "rename" | "makeFolder";

/** Counts changes over all disks, in place of time: no two changes have the same. */
let ticks = 1;

/** A file system in memory that records its steps. `isFull` makes operations fail as on a full disk. */
export class MemoryFileSystem implements FileSystem {
  /** What the disk held before the first step. */
  readonly start: Disk;
  readonly steps: Step[] = [];
  isFull: (operation: Growing) => boolean = () => false;
  readonly #disk: Disk;
  readonly #modified = new Map<Inode, number>();
  readonly #started = ticks++;
  #nextInode: Inode;

  constructor(start: Disk = { folders: new Map([[rootInode, new Map()]]), files: new Map() }) {
    this.start = start;
    this.#disk = copyDisk(start);
    this.#nextInode = Math.max(...start.folders.keys(), ...start.files.keys()) + 1;
  }

  mark(mark: unknown): void {
    this.steps.push({ kind: "mark", mark });
  }

  async read(path: string): Promise<Buffer> {
    return Buffer.from(this.#file(path));
  }

  async *readChunks(path: string, chunkBytes: number): AsyncGenerator<Buffer> {
    const data = this.#file(path);
    for (let at = 0; at < data.length; at += chunkBytes) yield data.subarray(at, at + chunkBytes);
  }

  async readRange(path: string, start: number, end: number): Promise<Buffer> {
    return Buffer.from(this.#file(path).subarray(start, end));
  }

  async stamp(path: string): Promise<FileStamp> {
    const { length } = this.#file(path);
    const inode = this.#inode(path);
    return { bytes: length, modified: this.#modified.get(inode) ?? this.#started, inode };
  }

  async size(path: string): Promise<number> {
    return this.#file(path).length;
  }

  async list(folder: string): Promise<Entry[]> {
    const entries = this.#entries(folder);
    return [...entries].map(([name, inode]) => ({ name, kind: this.#disk.folders.has(inode) ? "folder" : "file" }));
  }

  async write(path: string, data: Uint8Array): Promise<void> {
    this.#store(path, "write", data);
  }

  async append(path: string, data: Uint8Array): Promise<void> {
    this.#store(path, "append", data);
  }

  async truncate(path: string, bytes: number): Promise<void> {
    this.#take({ kind: "data", inode: this.#inode(path), change: { kind: "truncate", bytes } });
  }

  async syncFile(path: string): Promise<void> {
    this.#file(path);
    this.#sync(path);
  }

  async syncFolder(path: string): Promise<void> {
    this.#entries(path);
    this.#sync(path);
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.#inode(from);
    const target = this.#entries(dirname(to)).get(basename(to));
    if (target !== undefined && this.#disk.folders.has(target)) throw errno("ENOTEMPTY", to);
    if (this.isFull("rename")) throw errno("ENOSPC", to);
    this.#take({
      kind: "names",
      changes: [
        { folder: this.#inode(dirname(from)), name: basename(from), inode: null },
        { folder: this.#inode(dirname(to)), name: basename(to), inode },
      ],
    });
  }

  async makeFolder(path: string): Promise<void> {
    if (this.#entries(dirname(path)).has(basename(path))) throw errno("EEXIST", path);
    if (this.isFull("makeFolder")) throw errno("ENOSPC", path);
    this.#name(path, this.#nextInode++, "folder");
  }

  async removeFile(path: string): Promise<void> {
    this.#file(path);
    this.#name(path, null);
  }

  async removeFolder(path: string): Promise<void> {
    if (this.#entries(path).size > 0) throw errno("ENOTEMPTY", path);
    this.#name(path, null);
  }

  #store(path: string, kind: "write" | "append", data: Uint8Array): void {
    const isFull = this.isFull(kind);
    let inode = this.#entries(dirname(path)).get(basename(path));
    if (inode === undefined) {
      inode = this.#nextInode++;
      this.#name(path, inode, "file");
    }
    const stored = Buffer.from(isFull ? data.subarray(0, data.length >> 1) : data);
    this.#take({ kind: "data", inode, change: { kind, data: stored } });
    if (isFull) throw errno("ENOSPC", path);
  }

  #sync(path: string): void {
    if (this.isFull("sync")) throw errno("ENOSPC", path);
    this.#take({ kind: "sync", inode: this.#inode(path) });
  }

  #name(path: string, inode: Inode | null, creates?: "file" | "folder"): void {
    const change = { folder: this.#inode(dirname(path)), name: basename(path), inode };
    this.#take({ kind: "names", changes: [change], ...(creates && { creates }) });
  }

  #take(step: Step): void {
    this.steps.push(step);
    if (step.kind === "names") {
      create(this.#disk, step);
      applyNames(this.#disk, step.changes);
    }
    if (step.kind === "data") {
      this.#modified.set(step.inode, ticks++);
      this.#disk.files.set(step.inode, applyData(this.#disk.files.get(step.inode)!, step.change));
    }
  }

  #inode(path: string): Inode {
    let inode = rootInode;
    for (const name of path.split("/").filter((part) => part !== "")) {
      const next = this.#disk.folders.get(inode)?.get(name);
      if (next === undefined) throw errno("ENOENT", path);
      inode = next;
    }
    return inode;
  }

  #file(path: string): Buffer {
    const data = this.#disk.files.get(this.#inode(path));
    if (!data) throw errno("EISDIR", path);
    return data;
  }

  #entries(path: string): Map<string, Inode> {
    const entries = this.#disk.folders.get(this.#inode(path));
    if (!entries) throw errno("ENOTDIR", path);
    return entries;
  }
}

export function copyDisk({ folders, files }: Disk): Disk {
  return { folders: new Map([...folders].map(([inode, names]) => [inode, new Map(names)])), files: new Map(files) };
}

/** Gives a new inode its empty content. */
export function create({ folders, files }: Disk, { changes, creates }: Step & { readonly kind: "names" }): void {
  const inode = changes[0]!.inode!;
  if (creates === "folder") folders.set(inode, new Map());
  if (creates === "file") files.set(inode, Buffer.alloc(0));
}

export function applyNames({ folders }: Disk, changes: readonly NameChange[]): void {
  for (const { folder, name, inode } of changes) {
    if (inode === null) folders.get(folder)!.delete(name);
    else folders.get(folder)!.set(name, inode);
  }
}

export function applyData(before: Buffer, change: DataChange): Buffer {
  if (change.kind === "truncate") return before.subarray(0, change.bytes);
  return change.kind === "write" ? change.data : Buffer.concat([before, change.data]);
}

function errno(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
