import { join } from "node:path";
import type { FileSystem } from "./fs.ts";
import { walk } from "./tree.ts";

/** One digest covers this much of a file: large enough to be fast, small enough for files of any size. */
const chunkBytes = 1024 * 1024;

/**
 * SHA-256 (hex) of a folder: of a manifest with one line a file, in the order of their paths, holding the path, the size and
 * the SHA-256 of each 1 MiB chunk. Names, sizes and contents all count; times and permissions do not.
 * WebCrypto digests on a thread of its own, so the event loop stays free (ours: a plain SHA-256 of a file can't be
 * computed in pieces that way).
 */
export async function hashTree(fs: FileSystem, root: string): Promise<string> {
  const { files } = await walk(fs, root);
  let manifest = "";
  for (const file of [...files].sort()) {
    const digests: string[] = [];
    let bytes = 0;
    for await (const chunk of fs.readChunks(join(root, file), chunkBytes)) {
      digests.push(await sha256(chunk));
      bytes += chunk.length;
    }
    manifest += `${JSON.stringify(file)} ${bytes} ${digests.join(" ")}\n`;
  }
  return sha256(Buffer.from(manifest));
}

async function sha256(data: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", data)).toString("hex");
}
