import type { FileSystem } from "./fs.ts";

const chunkBytes = 64 * 1024;

/**
 * The lines of a file from its last to its first, without their newlines, reading 64 KiB at a time. What follows the last
 * newline is not a line: it was cut short.
 */
export async function* linesBackwards(fs: FileSystem, file: string): AsyncGenerator<Buffer> {
  let start = await fs.size(file);
  // The pieces of the line that is being put together, in the order of the file.
  let pieces: Buffer[] = [];
  let isCutShort = true;
  while (start > 0) {
    const end = start;
    start = Math.max(0, end - chunkBytes);
    let chunk = Buffer.from(await fs.readRange(file, start, end));
    for (let newline = chunk.lastIndexOf(10); newline >= 0; newline = chunk.lastIndexOf(10)) {
      if (!isCutShort) yield Buffer.concat([chunk.subarray(newline + 1), ...pieces]);
      isCutShort = false;
      pieces = [];
      chunk = chunk.subarray(0, newline);
    }
    pieces.unshift(chunk);
  }
  if (!isCutShort) yield Buffer.concat(pieces);
}
