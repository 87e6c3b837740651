import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { firstIssue, parseJson } from "./jsonl.ts";
import { layout } from "./layout.ts";
import { type RunRecord, runRecordSchema } from "./records.ts";

const formatSchema = z.looseObject({ format: z.number() });

/** Refuses ids that are no plain folder name. @throws SparringError `store/bad-run-id` */
export function checkRunId(id: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) return;
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

/** Whether the folder is that of a completely created run. */
export async function hasRunRecord(fs: FileSystem, dir: string): Promise<boolean> {
  return (await orIfMissing(fs.size(layout.record(dir)), undefined)) !== undefined;
}

/** @throws SparringError `store/bad-run-id`, `store/unknown-run` (with the nearest id) */
export async function checkRunExists(fs: FileSystem, home: string, id: string): Promise<void> {
  checkRunId(id);
  if (await hasRunRecord(fs, layout.run(home, id))) return;
  throw unknownRun(id, await listRunIds(fs, home), layout.runs(home));
}

/**
 * Reads run.json of a run.
 * @throws SparringError `store/bad-run-id`, `store/unknown-run`, `store/newer-format`, `store/corrupt-run`
 */
export async function readRunRecord(fs: FileSystem, home: string, id: string): Promise<RunRecord> {
  await checkRunExists(fs, home, id);
  const file = layout.record(layout.run(home, id));
  return parseRunRecord(await fs.read(file), file);
}

function parseRunRecord(bytes: Uint8Array, file: string): RunRecord {
  const json = parseJson(bytes);
  const head = formatSchema.safeParse(json);
  const current = runRecordSchema.shape.format.value;
  if (head.success && head.data.format > current) {
    throw new SparringError(
      "store/newer-format",
      `${file} was written by a newer Sparring (format ${head.data.format}; this one reads format ${current}).`,
      "Update Sparring; the run is untouched.",
      { place: file },
    );
  }
  const parsed = runRecordSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new SparringError(
    "store/corrupt-run",
    `${file} is not the record of a run: ${json === undefined ? "it is not JSON" : firstIssue(parsed.error)}.`,
    "Restore the file from a backup; samples and checkpoints beside it can be read without it.",
    { place: file },
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
