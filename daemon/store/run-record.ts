import { closest, distance } from "fastest-levenshtein";
import { SparringError } from "../errors.ts";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { type FileKind, parseJsonFile } from "./json-file.ts";
import { layout } from "./layout.ts";
import { type RunRecord, runRecordSchema } from "./records.ts";

const kind: FileKind<RunRecord> = {
  schema: runRecordSchema,
  format: runRecordSchema.shape.format.value,
  what: "the record of a run",
  code: "store/corrupt-run",
  next: "Restore the file from a backup; samples and checkpoints beside it can be read without it.",
};

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Refuses ids that are no plain folder name. @throws SparringError `store/bad-run-id` */
export function checkRunId(id: string): void {
  if (idPattern.test(id)) return;
  throw new SparringError(
    "store/bad-run-id",
    `"${id}" can't be the id of a run.`,
    "Use up to 100 letters, digits, dots, dashes and underscores, with a letter or digit first.",
  );
}

/** Ids of all runs, sorted. A folder without run.json is no run: its creation never finished. */
export async function listRunIds(fs: FileSystem, home: string): Promise<string[]> {
  const entries = await orIfMissing(fs.list(layout.runs(home)), []);
  const ids: string[] = [];
  for (const { name, kind } of entries) {
    if (kind === "folder" && (await hasRunRecord(fs, layout.run(home, name)))) ids.push(name);
  }
  return ids.sort();
}

/** Ids of all runs and of those that were asked for and have not started yet, sorted. */
export async function listKnownIds(fs: FileSystem, home: string): Promise<string[]> {
  const entries = await orIfMissing(fs.list(layout.runs(home)), []);
  const ids = entries.filter(({ name, kind }) => kind === "folder" && idPattern.test(name)).map(({ name }) => name);
  const known = await Promise.all(ids.map((id) => isKnown(fs, layout.run(home, id))));
  return ids.filter((_, i) => known[i]).sort();
}

/** Whether the folder is that of a completely created run. */
export function hasRunRecord(fs: FileSystem, dir: string): Promise<boolean> {
  return exists(fs, layout.record(dir));
}

/** Whether the folder is that of a run, or of one that was asked for. */
async function isKnown(fs: FileSystem, dir: string): Promise<boolean> {
  return (await hasRunRecord(fs, dir)) || (await exists(fs, layout.status(dir)));
}

async function exists(fs: FileSystem, file: string): Promise<boolean> {
  return (await orIfMissing(fs.size(file), undefined)) !== undefined;
}

/**
 * Passes for a run, and for one that was asked for and has not started yet.
 * @throws SparringError `store/bad-run-id`, `store/unknown-run` (with the nearest id)
 */
export async function checkRunExists(fs: FileSystem, home: string, id: string): Promise<void> {
  checkRunId(id);
  if (await isKnown(fs, layout.run(home, id))) return;
  throw unknownRun(id, await listKnownIds(fs, home), layout.runs(home));
}

/**
 * Reads run.json of a run.
 * @throws SparringError `store/bad-run-id`, `store/unknown-run`, `store/not-started`, `store/newer-format`,
 * `store/corrupt-run`
 */
export async function readRunRecord(fs: FileSystem, home: string, id: string): Promise<RunRecord> {
  await checkRunExists(fs, home, id);
  const dir = layout.run(home, id);
  const file = layout.record(dir);
  const bytes = await orIfMissing(fs.read(file), undefined);
  if (bytes) return parseJsonFile(bytes, file, kind);
  throw new SparringError(
    "store/not-started",
    `Run "${id}" was asked for and has not started yet.`,
    "Wait until it has, or stop the run before it.",
    { place: dir },
  );
}

function unknownRun(id: string, ids: readonly string[], place: string): SparringError {
  const near = ids.length > 0 ? closest(id, ids) : undefined;
  const isNear = near !== undefined && distance(id, near) <= Math.max(2, Math.floor(id.length / 2));
  return new SparringError(
    "store/unknown-run",
    `There is no run "${id}".`,
    isNear
      ? `Did you mean "${near}"?`
      : ids.length > 0
        ? "`sparring list` shows all runs."
        : "Start one first: there are no runs in this home.",
    { place },
  );
}
