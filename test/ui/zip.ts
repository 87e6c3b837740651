import { inflateRawSync } from "node:zlib";

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Uncompressed, bytes. */
  readonly size: number;
  read(): Buffer;
}

/** The files of a ZIP archive (without its 64-bit and encrypted forms, which a VSIX has not). */
export function zipEntries(archive: Buffer): ZipEntry[] {
  const end = archive.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0) throw new Error("not a ZIP archive");
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    const isStored = archive.readUInt16LE(at + 10) === 0;
    const packedSize = archive.readUInt32LE(at + 20);
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const header = archive.readUInt32LE(at + 42);
    entries.push({
      name: archive.toString("utf8", at + 46, nameEnd),
      size: archive.readUInt32LE(at + 24),
      read: () => {
        const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
        const bytes = archive.subarray(start, start + packedSize);
        return isStored ? Buffer.from(bytes) : inflateRawSync(bytes);
      },
    });
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}
