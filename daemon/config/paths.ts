import { homedir } from "node:os";
import { basename, resolve } from "node:path";
import type { Setting } from "./setting.ts";

const keywords = new Set(["stage", "base"]);

/** Makes the folders that settings name absolute: `~` is the home folder, other paths are relative to `folder`. */
export function resolvePaths(settings: readonly Setting[], folder: string): Setting[] {
  return settings.map((setting) => {
    const { path, value } = setting;
    const isPath = (path === "model.path" || path === "model.reference") && typeof value === "string" && value !== "";
    if (!isPath || value.startsWith("builtin:") || (path === "model.reference" && keywords.has(value))) return setting;
    return { ...setting, value: resolve(folder, value.replace(/^~(?=$|\/)/, homedir())) };
  });
}

/** The run's name where the config gives none: `addition` for `examples/addition.sparring.yaml`. */
export function defaultName(file: string): string {
  const stem = basename(file).replace(/(\.sparring)?\.ya?ml$/i, "");
  const name = stem.replace(/[^\p{L}\p{N} ._-]/gu, "-").replace(/^[^\p{L}\p{N}]+/u, "");
  return name.slice(0, 80) || "run";
}
