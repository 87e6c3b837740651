import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, resolve } from "node:path";
import type { Problem } from "./problem.ts";
import type { Setting } from "./setting.ts";

const keywords = new Set(["stage", "base"]);

// Kept equal to the pattern of models/hub/id.ts, which can't be imported here; a test compares them.
const hubId =
  /^(?![^@]*--)(?!.*(?:\.\.|\/\/))([A-Za-z0-9][\w.-]{0,95}(?<![.-])\/[A-Za-z0-9_][\w.-]{0,95}(?<![.-]|\.git))(?:@(\w[\w./-]{0,254}(?<![./])))?$/;

/**
 * Makes the folders and files that settings name absolute: `~` is the home folder, other paths are relative to `folder`. Names of
 * models of the Hugging Face hub (`org/name`, `org/name@revision`) stay as they are, unless there is such a path.
 */
export function resolvePaths(settings: readonly Setting[], folder: string): Setting[] {
  return settings.map((setting) => {
    const { path, value } = setting;
    const isModel = path === "model.path" || path === "model.reference";
    const isBuiltinOrFile = path === "imitation.data" || path === "judge.model.path";
    if (
      (!isModel && !isBuiltinOrFile && path !== "engine.python" && path !== "game.data") ||
      typeof value !== "string" ||
      value === ""
    )
      return setting;
    if ((isModel || isBuiltinOrFile) && value.startsWith("builtin:")) return setting;
    if (path === "model.reference" && keywords.has(value)) return setting;
    const resolved = resolve(folder, value.replace(/^~(?=$|\/)/, homedir()));
    const isOfHub = isModel && hubId.test(value) && !existsSync(resolved);
    return isOfHub ? setting : { ...setting, value: resolved };
  });
}

/** A problem for each file of questions that is not there: found out now, it has a line. Nothing is read. */
export function missingFiles(settings: readonly Setting[]): Problem[] {
  return settings.flatMap(({ path, value, valuePlace }) => {
    if (path !== "game.data" || typeof value !== "string" || value === "" || existsSync(value)) return [];
    const message = `${path}: there is no file ${value}`;
    const next = "Correct the path; one in a config is relative to the config's folder.";
    return [{ code: "config/no-such-file", message, next, place: valuePlace }];
  });
}

/** The run's name where the config gives none: `addition` for `examples/addition.sparring.yaml`. */
export function defaultName(file: string): string {
  const stem = basename(file).replace(/(\.sparring)?\.ya?ml$/i, "");
  const name = stem.replace(/[^\p{L}\p{N} ._-]/gu, "-").replace(/^[^\p{L}\p{N}]+/u, "");
  return name.slice(0, 80) || "run";
}
