import type { FileSystem } from "./fs.ts";

const chunkBytes = 256 * 1024;

/**
 * The bytes of up to `count` lines of a file, after the first `skip` of them, and of what follows the last newline where the
 * file ends before. Reads no further than needed.
 */
export async function readLines(fs: FileSystem, file: string, skip: number, count: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let left = skip + count;
  for await (const chunk of fs.readChunks(file, chunkBytes)) {
    let start = left > count ? chunk.length : 0;
    let end = 0;
    while (left > 0) {
      const newline = chunk.indexOf(10, end);
      if (newline < 0) break;
      end = newline + 1;
      left--;
      if (left === count) start = end;
    }
    // The chunk is only lent. Its last line goes on in the next one.
    pieces.push(Uint8Array.from(chunk.subarray(start, left > 0 ? chunk.length : end)));
    if (left === 0) break;
  }
  return Buffer.concat(pieces);
}
