import { stat } from "node:fs/promises";
import { SparringError } from "../errors.ts";
import { withClearErrors } from "./file-errors.ts";
import { type FileSystem, nodeFileSystem } from "./fs.ts";
import { ensureFolders } from "./tree.ts";

/**
 * Creates SPARRING_HOME where it is missing, for its user only (mode 0700, as are missing folders above it), durably.
 * A home that others could write is refused: they could put a config, a lock or a daemon's address there.
 * @throws SparringError `store/home-not-private`, `store/home-not-yours`, `store/not-writable`, `store/disk-full`,
 * `store/not-a-folder`
 */
export async function ensureHome(home: string, fs: FileSystem = nodeFileSystem): Promise<void> {
  await ensureFolders(withClearErrors(fs), home, 0o700);
  // Windows has no such permissions; a user's profile is private there.
  if (process.platform === "win32") return;
  const { mode, uid } = await stat(home);
  if (uid !== process.getuid!()) {
    throw new SparringError(
      "store/home-not-yours",
      `The folder ${home} belongs to another user (number ${uid}).`,
      "Set SPARRING_HOME to a folder of your own.",
      { place: home },
    );
  }
  if ((mode & 0o022) !== 0) {
    throw new SparringError(
      "store/home-not-private",
      `Other users may write the folder ${home}.`,
      `Take that permission away with \`chmod go-w ${shellQuoted(home)}\`.`,
      { place: home },
    );
  }
}

/** A path as one word of a POSIX shell. */
function shellQuoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
