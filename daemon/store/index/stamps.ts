import { orIfMissing } from "../file-errors.ts";
import type { FileSystem } from "../fs.ts";
import { layout } from "../layout.ts";
import { rewoundFolders } from "../ratings.ts";

/** One word for the state of all files that a run's facts are made from: equal words, equal files. */
export async function stampOf(fs: FileSystem, dir: string): Promise<string> {
  const aside = (await rewoundFolders(fs, dir)).map(layout.ratings);
  const files = [layout.record(dir), layout.status(dir), layout.rounds(dir), layout.ratings(dir), ...aside];
  return (await Promise.all(files.map((file) => stampOfFile(fs, file)))).join(" ");
}

async function stampOfFile(fs: FileSystem, file: string): Promise<string> {
  const stamp = await orIfMissing(fs.stamp(file), undefined);
  return stamp ? `${stamp.bytes}:${stamp.modified}:${stamp.inode}` : "-";
}
