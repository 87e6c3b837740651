import { existsSync, readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SparringError } from "../errors.ts";
import { ggufNext, requireModelFiles } from "./folder.ts";
import { type HubId, parseHubId } from "./hub/id.ts";
import { type HubOptions, hubModel } from "./hub/model.ts";
import { hubSettings } from "./hub/settings.ts";

/** A local folder with a Hugging Face model: config.json, safetensors and a tokenizer are there. */
export interface ResolvedModel {
  readonly dir: string;
  /** For people: "nano", the folder's name, or the hub's `org/name`. */
  readonly name: string;
  /** Of a model of the hub: `org/name@commit`, which always means these weights. */
  readonly pinned?: string;
}

/** Models that ship with Sparring, by the name after `builtin:`; folders relative to the package's root. */
const builtins: Readonly<Record<string, string>> = { nano: "daemon/models/nano/weights" };

/**
 * Finds a model by the config's `model`: `builtin:<name>`, a folder, or a model of the Hugging Face hub.
 *
 * `org/name` and `org/name@revision` are of the hub, unless there is such a path: what lies on the disk wins. All other
 * paths are folders (`./org/name`, `/org/name`, `~/name`, `name`, `a/b/c`). A model of the hub comes from the Hugging
 * Face cache if it is whole there, else it is downloaded into it.
 * @param path       as written in the config; `~` is the home folder
 * @param relativeTo the folder that relative paths start from (the config file's)
 * @throws SparringError `model/unknown-builtin`, `model/not-found`, `model/not-a-folder`, those of `requireModelFiles`
 *   and of `hubModel`; AbortedError
 */
export async function resolveModel(path: string, relativeTo: string, options: HubOptions = {}): Promise<ResolvedModel> {
  if (path.startsWith("builtin:")) {
    const name = path.slice("builtin:".length);
    if (!Object.hasOwn(builtins, name)) {
      const known = Object.keys(builtins).map((builtin) => `builtin:${builtin}`);
      throw new SparringError(
        "model/unknown-builtin",
        `there is no built-in model "${name}"`,
        `Use ${known.join(" or ")}, or the path of a model folder.`,
        { place: path },
      );
    }
    return { dir: await checkFolder(join(packageRoot(), builtins[name]!)), name };
  }
  const folder = folderOf(path, relativeTo);
  const id = hubIdOf(path, relativeTo);
  if (id) {
    const { dir, commit } = await hubModel(id, await hubSettings(), options);
    return { dir, name: id.repo, pinned: `${id.repo}@${commit}` };
  }
  return { dir: await checkFolder(folder), name: basename(folder) };
}

/** The hub's model that a path means; undefined where it means a folder or a built-in model. */
export function hubIdOf(path: string, relativeTo: string): HubId | undefined {
  const id = parseHubId(path);
  return id && !existsSync(folderOf(path, relativeTo)) ? id : undefined;
}

function folderOf(path: string, relativeTo: string): string {
  return resolve(relativeTo, path.replace(/^~(?=$|\/)/, homedir()));
}

/** The root of this package, from its sources (daemon/models/) and from its bundle (dist/) alike. */
export function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!isPackageRoot(dir)) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`no package.json of "sparring" above ${fileURLToPath(import.meta.url)}`);
    dir = parent;
  }
  return dir;
}

function isPackageRoot(dir: string): boolean {
  const file = join(dir, "package.json");
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "sparring";
}

async function checkFolder(dir: string): Promise<string> {
  const fail = (code: string, message: string, next: string): never => {
    throw new SparringError(code, message, next, { place: dir });
  };
  const found = await stat(dir).catch(() => undefined);
  if (dir.endsWith(".gguf")) return fail("model/gguf", "GGUF files can't be trained", ggufNext);
  if (!found) {
    return fail(
      "model/not-found",
      "there is no such model folder",
      "Correct the path, or use builtin:nano, or a model of the Hugging Face hub as `org/name`.",
    );
  }
  if (!found.isDirectory()) {
    return fail(
      "model/not-a-folder",
      "a model is a folder, and this is a file",
      "Give the folder that the file lies in.",
    );
  }
  requireModelFiles(await readdir(dir), dir);
  return dir;
}
