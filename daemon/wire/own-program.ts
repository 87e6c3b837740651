import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundledProgram, type Program } from "./program.ts";

/** The program that this code is part of. */
export function ownProgram(): Program {
  const here = fileURLToPath(import.meta.url);
  const root = rootAbove(dirname(here));
  return here.endsWith(".ts") ? { root, build: "source" } : bundledProgram(root);
}

function rootAbove(dir: string): string {
  if (existsSync(join(dir, "package.json"))) return dir;
  const parent = dirname(dir);
  if (parent === dir) throw new Error("there is no package.json above this program");
  return rootAbove(parent);
}
