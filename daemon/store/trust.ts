import { realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { errorCode, orIfMissing, withClearErrors } from "./file-errors.ts";
import { type FileSystem, nodeFileSystem } from "./fs.ts";
import { InOrder } from "./in-order.ts";
import { type FileKind, parseJsonFile, toJsonFile } from "./json-file.ts";
import { layout } from "./layout.ts";
import { replaceFile } from "./tree.ts";

const trustedFolderSchema = z.strictObject({
  /** Its real path: no part of it is a symbolic link. */
  folder: z.string(),
  since: z.string(),
});
/** A folder whose configs may name programs and servers. */
export type TrustedFolder = z.infer<typeof trustedFolderSchema>;

const trustSchema = z.strictObject({ format: z.literal(1), folders: z.array(trustedFolderSchema) });

const kind: FileKind<z.infer<typeof trustSchema>> = {
  schema: trustSchema,
  format: 1,
  what: "the list of trusted folders",
  code: "store/corrupt-trust",
  next: "Correct the file, or delete it and trust your folders again. Until then no folder is trusted.",
};

/**
 * The folders that a person trusts, in SPARRING_HOME/trust.json. The file is read whenever it matters, so a change by hand
 * counts at once. Where it is corrupt, every method throws: nothing is trusted, and the file is left as it is.
 *
 * All methods can throw `store/corrupt-trust`, `store/newer-format` and `store/not-readable`; those that write also
 * `store/not-writable` and `store/disk-full`.
 */
export class TrustedFolders {
  readonly #fs: FileSystem;
  readonly #file: string;
  /** The user's home folder, as a real path. */
  readonly #user: string;
  readonly #writes = new InOrder();

  /** @param user the user's home folder */
  static async open(
    home: string,
    { fs = nodeFileSystem, user = homedir() }: { readonly fs?: FileSystem; readonly user?: string } = {},
  ): Promise<TrustedFolders> {
    return new TrustedFolders(home, fs, await orIfMissing(realpath(user), user));
  }

  private constructor(home: string, fs: FileSystem, user: string) {
    this.#fs = withClearErrors(fs);
    this.#file = layout.trust(home);
    this.#user = user;
  }

  /** The trusted folders, in the order in which they were granted. */
  async list(): Promise<TrustedFolder[]> {
    const bytes = await orIfMissing(this.#fs.read(this.#file), undefined);
    return bytes ? parseJsonFile(bytes, this.#file, kind).folders : [];
  }

  /**
   * Trusts a folder and those below it, durably. Done twice, it counts once.
   * @throws SparringError `store/bad-folder` (not absolute, missing, a file), `store/trust-too-wide`
   */
  grant(folder: string): Promise<void> {
    return this.#writes.run(async () => {
      const real = await realFolder(folder);
      if (isWithin(this.#user, real)) throw tooWide(folder);
      const folders = await this.list();
      if (folders.some((each) => each.folder === real)) return;
      await this.#replace([...folders, { folder: real, since: new Date().toISOString() }]);
    });
  }

  /**
   * Takes the trust in a folder back, durably; the folder may be gone by now. Done twice, it counts once.
   * @throws SparringError `store/trusted-from-above` where the folder stays trusted by one above it
   */
  revoke(folder: string): Promise<void> {
    return this.#writes.run(async () => {
      const real = await orIfMissing(realpath(folder), resolve(folder));
      const folders = await this.list();
      const left = folders.filter((each) => each.folder !== real);
      if (left.length < folders.length) await this.#replace(left);
      const above = left.find((each) => isWithin(real, each.folder));
      if (above) throw trustedFromAbove(folder, above.folder);
    });
  }

  /** Whether a folder is a trusted one or lies below one. Symbolic links are followed first; what can't be found is not. */
  async covers(folder: string): Promise<boolean> {
    const real = await realpath(folder).catch(() => undefined);
    const folders = await this.list();
    return real !== undefined && folders.some((each) => isWithin(real, each.folder));
  }

  #replace(folders: readonly TrustedFolder[]): Promise<void> {
    return replaceFile(this.#fs, this.#file, toJsonFile({ format: 1, folders }), 0o600);
  }
}

/** Whether `path` is `folder` or lies below it; both are real paths. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || (dirname(path) !== path && isWithin(dirname(path), folder));
}

async function realFolder(folder: string): Promise<string> {
  const bad = (fault: string, next: string): SparringError =>
    new SparringError("store/bad-folder", `The folder "${folder}" can't be trusted: ${fault}.`, next, {
      place: folder,
    });
  if (!isAbsolute(folder)) throw bad("its path is not absolute", "Give the whole path, from the root.");
  try {
    const real = await realpath(folder);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EACCES" && code !== "ELOOP") throw error;
    throw bad("it does not exist, or may not be read", "Check the path.");
  }
  throw bad("it is a file", "Give the folder that the file lies in.");
}

function tooWide(folder: string): SparringError {
  return new SparringError(
    "store/trust-too-wide",
    `The folder "${folder}" holds your home folder, and so everything that you ever download.`,
    "Trust the folder of one project.",
    { place: folder },
  );
}

function trustedFromAbove(folder: string, above: string): SparringError {
  return new SparringError(
    "store/trusted-from-above",
    `The folder "${folder}" is still trusted, because "${above}" is.`,
    `Take the trust in "${above}" back, too.`,
    { place: above },
  );
}
