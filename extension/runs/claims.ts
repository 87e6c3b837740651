import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";

/** What was told is forgotten after this long, milliseconds: by then no window tells of it for the first time. */
const keptMs = 30 * 24 * 3600 * 1000;

/**
 * Which of a person's windows tells of something. All of them hear of every run, and each claims what it wants to tell; the first
 * claim holds, over reconnections and restarts of the editor. A claim is an empty file in the extension's own folder.
 */
export class Claims {
  readonly #folder: string;
  #opened: Promise<void> | undefined;

  /** @param folder one for all windows; made where it is missing */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Claims what is told of under a key. @returns whether nobody had claimed it; true where that can't be known: better twice than never */
  async claim(key: string): Promise<boolean> {
    const name = createHash("sha256").update(key).digest("hex");
    try {
      this.#opened ??= open(this.#folder);
      await this.#opened;
      await writeFile(join(this.#folder, name), "", { flag: "wx" });
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "EEXIST";
    }
  }
}

async function open(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const before = Date.now() - keptMs;
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    // Another window may remove the same ones.
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: before }));
    if (mtimeMs < before) await rm(file, { force: true });
  }
}

/**
 * How long a window waits before it claims, milliseconds: the window that a person works in tells, at once; else the one whose
 * folder the run was started from; else any.
 */
export function patienceOf(isFocused: boolean, isOwn: boolean): number {
  if (isFocused) return 0;
  return isOwn ? 1000 : 3000;
}

/** Whether a run was started from one of a window's folders, or from below one. */
export function isFromFolders(workspace: string | undefined, folders: readonly string[]): boolean {
  if (workspace === undefined) return false;
  return folders.some((folder) => {
    const way = relative(folder, workspace);
    return way.split(/[\\/]/, 1)[0] !== ".." && !isAbsolute(way);
  });
}
