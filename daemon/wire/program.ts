import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The files that make up the bundled program, below its root. */
export const programFiles = ["dist/sparring.js", "dist/onnx-worker.js"] as const;

/** The Sparring that this process runs, or that a daemon is started from. */
export interface Program {
  /** The folder with its package.json. */
  readonly root: string;
  /** Hash of the bundle's files, or `source`. Two programs of one build speak the same protocol. */
  readonly build: string;
}

/** The program that this code is part of. */
export function ownProgram(): Program {
  const here = fileURLToPath(import.meta.url);
  const root = rootAbove(dirname(here));
  return here.endsWith(".ts") ? { root, build: "source" } : bundledProgram(root);
}

/** The bundled program below a root. */
export function bundledProgram(root: string): Program {
  const hash = createHash("sha256");
  for (const file of programFiles) hash.update(readFileSync(join(root, file)));
  return { root, build: hash.digest("hex").slice(0, 16) };
}

function rootAbove(dir: string): string {
  if (existsSync(join(dir, "package.json"))) return dir;
  const parent = dirname(dir);
  if (parent === dir) throw new Error("there is no package.json above this program");
  return rootAbove(parent);
}
