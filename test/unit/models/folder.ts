import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** A folder with these files, removed after the test. Values other than text and bytes are written as JSON. */
export async function folderOf(t: TestContext, files: Readonly<Record<string, unknown>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "sparring-"));
  t.after(() => rm(dir, { recursive: true }));
  for (const [name, value] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    const raw = typeof value === "string" || value instanceof Uint8Array;
    await writeFile(join(dir, name), raw ? value : JSON.stringify(value));
  }
  return dir;
}
