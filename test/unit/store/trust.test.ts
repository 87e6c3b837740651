import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { TrustedFolders } from "../../../daemon/store/trust.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, powerCuts } from "./power-cut.ts";
import { assertRejects } from "./throws.ts";

const root = await realpath(await mkdtemp(join(tmpdir(), "sparring-trust-")));
after(() => rm(root, { recursive: true }));
const user = join(root, "users", "ada");
const at = (...names: string[]): string => join(user, ...names);

let home: string;
let trusted: TrustedFolders;
let tests = 0;
beforeEach(async () => {
  home = at(`.sparring-${tests++}`);
  for (const folder of ["a/b/c", "a/bc", "links"]) await mkdir(at(folder), { recursive: true });
  await mkdir(home);
  trusted = await TrustedFolders.open(home, { user });
});

test("a trusted folder covers itself and what is below it, and no other", async () => {
  assert.equal(await trusted.covers(at("a/b")), false);
  await trusted.grant(at("a/b"));
  await trusted.grant(`${at("a")}/./bc/../b/`);
  for (const [folder, covered] of Object.entries({
    "a/b": true,
    "a/b/c": true,
    "a/bc": false,
    a: false,
    links: false,
  })) {
    assert.equal(await trusted.covers(at(folder)), covered, folder);
  }
  assert.equal(await trusted.covers(at("a/b/missing")), false);
  assert.deepEqual(
    (await trusted.list()).map(({ folder }) => folder),
    [at("a/b")],
  );
  assert.deepEqual(await (await TrustedFolders.open(home, { user })).list(), await trusted.list());
  assert.equal((await stat(join(home, "trust.json"))).mode & 0o777, 0o600);
  await trusted.revoke(at("a/b"));
  await trusted.revoke(at("a/b"));
  assert.equal(await trusted.covers(at("a/b")), false);
});

test("links are followed before anything is compared", async () => {
  await symlink(at("a/b"), at("links/to-b"));
  await symlink(at("a/bc"), at("a/b/out"));
  await trusted.grant(at("links/to-b"));
  assert.equal((await trusted.list())[0]!.folder, at("a/b"));
  assert.equal(await trusted.covers(at("links/to-b/c")), true);
  assert.equal(await trusted.covers(at("a/b/out")), false, "a link out of a trusted folder is not trusted");
  // What takes the place of a trusted folder as a link is another folder.
  await rename(at("a/b"), at("a/moved"));
  await symlink(at("a/bc"), at("a/b"));
  assert.equal(await trusted.covers(at("a/b")), false);
  await rm(at("a/b"));
  await rename(at("a/moved"), at("a/b"));
  await trusted.revoke(at("links/to-b"));
  assert.deepEqual(await trusted.list(), []);
  for (const link of ["links/to-b", "a/b/out"]) await rm(at(link));
});

test("a folder that is gone can still be revoked", async () => {
  await mkdir(at("gone"));
  await trusted.grant(at("gone"));
  await rm(at("gone"), { recursive: true });
  await trusted.revoke(at("gone"));
  assert.deepEqual(await trusted.list(), []);
});

test("revoking says so where the folder stays trusted by one above it", async () => {
  await trusted.grant(at("a"));
  await trusted.grant(at("a/b"));
  await assertRejects(trusted.revoke(at("a/b")), {
    code: "store/trusted-from-above",
    message: /a\/b" is still trusted, because ".*\/a" is/,
    next: /the trust in ".*\/a" back/,
  });
  assert.deepEqual(
    (await trusted.list()).map(({ folder }) => folder),
    [at("a")],
  );
});

test("folders that hold the user's own, and what is no folder, are refused", async () => {
  await symlink(user, at("links/me"));
  for (const folder of ["/", user, join(root, "users"), at("links/me")]) {
    await assertRejects(trusted.grant(folder), {
      code: "store/trust-too-wide",
      message: /holds your home folder/,
      next: /one project/,
    });
  }
  await rm(at("links/me"));
  await writeFile(at("a/file"), "");
  const refused: [folder: string, message: RegExp][] = [
    ["a", /not absolute/],
    ["", /not absolute/],
    [at("missing"), /does not exist/],
    [at("a/file/below"), /does not exist/],
    [at("a/file"), /it is a file/],
  ];
  for (const [folder, message] of refused) {
    await assertRejects(trusted.grant(folder), { code: "store/bad-folder", message, next: /./ });
  }
  assert.deepEqual(await trusted.list(), []);
});

test("grants at once are all kept", async () => {
  const folders = ["a/b/c", "a/b", "a/bc", "links"].map((name) => at(name));
  await Promise.all(folders.map((folder) => trusted.grant(folder)));
  assert.deepEqual(
    (await trusted.list()).map(({ folder }) => folder),
    folders,
  );
});

test("a corrupt file trusts nothing, and stays as it is", async () => {
  await trusted.grant(at("a"));
  const file = join(home, "trust.json");
  const text = String(await readFile(file));
  const broken: [content: string, code: string, message: RegExp][] = [
    [text.slice(0, -5), "store/corrupt-trust", /trust\.json is not the list of trusted folders: it is not JSON/],
    [text.replace('"since"', '"until"'), "store/corrupt-trust", /folders\.0\.since/],
    [text.replace('"format": 1', '"format": 2'), "store/newer-format", /format 2/],
  ];
  for (const [content, code, message] of broken) {
    await writeFile(file, content);
    for (const work of [
      () => trusted.covers(at("a")),
      () => trusted.list(),
      () => trusted.grant(at("a")),
      () => trusted.revoke(at("a")),
    ]) {
      await assertRejects(work(), { code, message, next: /Until then|Update/, place: /trust\.json$/ });
    }
    assert.equal(String(await readFile(file)), content);
  }
  await writeFile(file, text);
  assert.equal(await trusted.covers(at("a")), true);
});

test("power cut after every step: the file is whole, and what was acknowledged is in it", async () => {
  const fs = new MemoryFileSystem();
  await fs.makeFolder("/home");
  await fs.syncFolder("/");
  const recorded = await TrustedFolders.open("/home", { fs, user });
  const names = ["a", "a/b"];
  for (const name of names) {
    await recorded.grant(at(name));
    fs.mark(name);
  }
  for (let count = 2; count <= fs.steps.length; count++) {
    const acknowledged = fs.steps.slice(0, count).filter(({ kind }) => kind === "mark").length;
    for (const cut of powerCuts) {
      const found = await (await TrustedFolders.open("/home", { fs: afterPowerCut(fs, count, cut), user })).list();
      assert.ok(found.length >= acknowledged, `after step ${count}, ${cut.name}`);
      assert.deepEqual(
        found.map(({ folder }) => folder),
        names.slice(0, found.length).map((name) => at(name)),
      );
    }
  }
});
