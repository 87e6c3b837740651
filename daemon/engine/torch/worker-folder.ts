import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of everything in Python: the worker, what it requires, and what set-up runs. Copied beside the daemon's bundle, or among
 * the sources.
 */
export function workerFolder(): string {
  const copied = fileURLToPath(new URL("./torch-worker", import.meta.url));
  return existsSync(copied) ? copied : fileURLToPath(new URL("./worker", import.meta.url));
}

/** A file of that folder, by its name. */
export function workerFile(name: string): string {
  return join(workerFolder(), name);
}
