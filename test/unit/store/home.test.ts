import assert from "node:assert/strict";
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { nodeFileSystem } from "../../../daemon/store/fs.ts";
import { ensureHome } from "../../../daemon/store/home.ts";
import { assertRejects } from "./throws.ts";

const root = await mkdtemp(join(tmpdir(), "sparring-home-"));
after(() => rm(root, { recursive: true }));

const permissions = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test("a missing home is created for its user only, with the folders above it", async () => {
  const home = join(root, "a", "b", "home");
  const synced: string[] = [];
  const syncFolder = (path: string): Promise<void> => {
    synced.push(path);
    return nodeFileSystem.syncFolder(path);
  };
  await ensureHome(home, { ...nodeFileSystem, syncFolder });
  for (const path of [home, join(root, "a", "b"), join(root, "a")]) assert.equal(await permissions(path), 0o700);
  assert.deepEqual(synced, [root, join(root, "a"), join(root, "a", "b")], "its name is durable");
  await ensureHome(home);
});

test("a home that others may write is refused, with the command that mends it", async () => {
  const home = join(root, "ada's home");
  await mkdir(home);
  for (const mode of [0o770, 0o707, 0o702]) {
    await chmod(home, mode);
    await assertRejects(ensureHome(home), {
      code: "store/home-not-private",
      message: /Other users may write .*ada's home/,
      next: /chmod go-w '.*\/ada'\\''s home'`\.$/,
      place: /ada's home$/,
    });
  }
  await chmod(home, 0o755);
  await ensureHome(home);
});

test("a home of another user is refused", async () => {
  let home = "/";
  if (process.getuid!() === 0) {
    home = join(root, "theirs");
    await mkdir(home);
    await chown(home, 12_345, 12_345);
  }
  await assertRejects(ensureHome(home), {
    code: "store/home-not-yours",
    message: /belongs to another user \(number (0|12345)\)/,
    next: /SPARRING_HOME/,
  });
});

test("a home below a file is refused", async () => {
  await writeFile(join(root, "file"), "");
  await assertRejects(ensureHome(join(root, "file", "home")), {
    code: "store/not-a-folder",
    message: /a file where a folder should be/,
    next: /SPARRING_HOME/,
  });
});
