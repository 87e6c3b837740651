import { orIfMissing } from "./file-errors.ts";
import type { FileSystem } from "./fs.ts";
import { type FileKind, parseJsonFile, toJsonFile } from "./json-file.ts";
import { layout } from "./layout.ts";
import { type Agreed, agreedSchema } from "./records.ts";
import { replaceFile } from "./tree.ts";

const kind: FileKind<Agreed> = {
  schema: agreedSchema,
  format: 1,
  what: "the list of servers that a run may send to",
  code: "store/corrupt-agreed",
  next: "Delete the file, and agree again when you are asked. Until then the run sends nothing.",
};

/**
 * Reads agreed.json: the origins that a run's user has agreed to; none where there is no file.
 * @throws SparringError `store/newer-format`, `store/corrupt-agreed`
 */
export async function readAgreed(fs: FileSystem, dir: string): Promise<Agreed["origins"]> {
  const file = layout.agreed(dir);
  const bytes = await orIfMissing(fs.read(file), undefined);
  return bytes ? parseJsonFile(bytes, file, kind).origins : [];
}

/**
 * Adds origins to agreed.json of an existing folder, durably: after a crash the old list or the new one is there. One that is in it
 * keeps its time.
 * @param at when the user agreed
 */
export async function addAgreed(fs: FileSystem, dir: string, origins: readonly string[], at: Date): Promise<void> {
  const before = await readAgreed(fs, dir);
  const added = [...new Set(origins)].filter((origin) => before.every((each) => each.origin !== origin));
  if (added.length === 0) return;
  const all = [...before, ...added.map((origin) => ({ origin, at: at.toISOString() }))];
  await replaceFile(fs, layout.agreed(dir), toJsonFile({ format: 1, origins: all }));
}
