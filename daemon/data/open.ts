import { homedir } from "node:os";
import { resolve } from "node:path";
import { SparringError } from "../errors.ts";
import { additionData, builtInData, type Generation } from "./addition.ts";
import { openDataFile } from "./file-dataset.ts";
import type { IndexOptions } from "./file-index.ts";
import type { Dataset } from "./record.ts";

/** All that either source of data needs. */
export interface OpenOptions extends IndexOptions, Omit<Generation, "limit"> {
  /** The folder that relative paths start from (the config file's). */
  readonly relativeTo: string;
}

/**
 * Opens data by what a config says: `builtin:<name>`, or a file's path; `~` is the home folder.
 * @throws SparringError `data/unknown-builtin`, and those of `openDataFile` and `additionData`; AbortedError
 */
export async function openData(source: string, options: OpenOptions): Promise<Dataset> {
  if (!source.startsWith("builtin:")) {
    return openDataFile(resolve(options.relativeTo, source.replace(/^~(?=$|\/)/, homedir())), options);
  }
  const name = builtInData.find((each) => each === source);
  if (name) return additionData(name, options);
  throw new SparringError(
    "data/unknown-builtin",
    `there are no built-in data "${source}"`,
    `Use ${builtInData.join(" or ")}, or the path of a file.`,
    { place: source },
  );
}
