import type { Adapter } from "lowdb";
import { z } from "zod";
import { orIfMissing } from "../file-errors.ts";
import type { FileSystem } from "../fs.ts";
import { parseJson } from "../jsonl.ts";
import { replaceFile } from "../tree.ts";
import { runFactsSchema } from "./facts.ts";

/** db.json: what was read of each run, and the state of its files then. */
const indexSchema = z.object({
  format: z.literal(2),
  runs: z.record(z.string(), z.object({ stamp: z.string(), facts: runFactsSchema })),
});
export type IndexData = z.infer<typeof indexSchema>;

/**
 * lowdb's adapter for db.json: written whole or not at all, validated when read. A file that is missing, or is no index of
 * this format, reads as null: everything in it can be made again.
 */
export class IndexFile implements Adapter<IndexData> {
  readonly #fs: FileSystem;
  readonly #file: string;
  /** Whether the last read found a file that it could not use. */
  wasUnusable = false;

  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.#file = file;
  }

  read = async (): Promise<IndexData | null> => {
    const bytes = await orIfMissing(this.#fs.read(this.#file), undefined);
    const parsed = bytes && indexSchema.safeParse(parseJson(bytes));
    this.wasUnusable = parsed?.success === false;
    return parsed?.data ?? null;
  };

  write = async (data: IndexData): Promise<void> => {
    await replaceFile(this.#fs, this.#file, Buffer.from(JSON.stringify(data)));
  };
}
