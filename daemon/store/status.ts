import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { type FileKind, parseJsonFile, toJsonFile } from "./json-file.ts";
import { layout } from "./layout.ts";
import { type RunStatus, runStatusSchema } from "./records.ts";
import { replaceFile } from "./tree.ts";

const kind: FileKind<RunStatus> = {
  schema: runStatusSchema,
  format: 1,
  what: "the control state of a run",
  code: "store/corrupt-status",
  next: "Delete the file: the run then counts as interrupted, or as finished, by its rounds. One that never started is lost.",
};

/**
 * Reads status.json; undefined where there is none (a run that was made without the daemon).
 * @throws SparringError `store/newer-format`, `store/corrupt-status`
 */
export async function readStatus(fs: FileSystem, dir: string): Promise<RunStatus | undefined> {
  const file = layout.status(dir);
  const bytes = await orIfMissing(fs.read(file), undefined);
  return bytes && parseJsonFile(bytes, file, kind);
}

/** Writes status.json of an existing folder, durably: after a crash the old state or the new one is there. */
export async function writeStatus(fs: FileSystem, dir: string, status: RunStatus): Promise<void> {
  await replaceFile(fs, layout.status(dir), toJsonFile(status));
}
