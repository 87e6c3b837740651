import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The files that make up the bundled program, below its root. */
export const programFiles = ["dist/sparring.js", "dist/onnx-worker.js", "dist/classifier-worker.js"] as const;

/** The Sparring that this process runs, or that a daemon is started from. */
export interface Program {
  /** The folder with its package.json. */
  readonly root: string;
  /** Hash of the bundle's files, or `source`. Two programs of one build speak the same protocol. */
  readonly build: string;
}

/** The bundled program below a root. */
export function bundledProgram(root: string): Program {
  const hash = createHash("sha256");
  for (const file of programFiles) hash.update(readFileSync(join(root, file)));
  return { root, build: hash.digest("hex").slice(0, 16) };
}
