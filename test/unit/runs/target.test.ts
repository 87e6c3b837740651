import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { SparringError } from "../../../daemon/errors.ts";
import { makeFile, makeFolder } from "../../../daemon/runs/export/target.ts";

const problem =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof SparringError && error.code === code && error.next !== "";

describe("the target of an export", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sparring-target-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const put = (name: string) => async (folder: string) => writeFileSync(join(folder, name), name);

  test("is a folder that nobody sees before it is whole, in folders that are made", async () => {
    const dir = join(root, "a", "b");
    const value = await makeFolder(dir, async (folder) => {
      assert.ok(!existsSync(dir));
      assert.notEqual(folder, dir);
      await put("x")(folder);
      return 7;
    });
    assert.equal(value, 7);
    assert.deepEqual(readdirSync(join(root, "a")), ["b"]);
    assert.deepEqual(readdirSync(dir), ["x"]);
  });

  test("may be an empty folder, and then is that one filled", async () => {
    await makeFolder(root, put("x"));
    assert.deepEqual(readdirSync(root), ["x"]);
  });

  test("is not there where filling it fails, whatever was there before stays", async () => {
    const dir = join(root, "out");
    mkdirSync(dir);
    const failing = makeFolder(dir, async (folder) => {
      await put("x")(folder);
      throw new Error("no");
    });
    await assert.rejects(failing, /no/);
    assert.deepEqual(readdirSync(root), ["out"]);
    assert.deepEqual(readdirSync(dir), []);
    await assert.rejects(
      makeFile(join(root, "file"), async (write) => {
        await write(["x"]);
        throw new Error("no");
      }),
      /no/,
    );
    assert.deepEqual(readdirSync(root), ["out"]);
  });

  test("that came to be meanwhile is not overwritten", async () => {
    const dir = join(root, "out");
    const late = makeFolder(dir, async () => {
      mkdirSync(dir);
      writeFileSync(join(dir, "mine"), "mine");
    });
    await assert.rejects(late, problem("run/target-not-written"));
    assert.deepEqual([readdirSync(root), readdirSync(dir)], [["out"], ["mine"]]);
    const file = join(root, "file");
    await assert.rejects(
      makeFile(file, async () => writeFileSync(file, "mine")),
      problem("run/target-exists"),
    );
    assert.equal(readFileSync(file, "utf8"), "mine");
  });

  test("is a file of lines", async () => {
    const file = join(root, "new", "file.jsonl");
    const bytes = await makeFile(file, async (write) => {
      await write(["a", "b"]);
      await write([]);
      await write(["ä"]);
    });
    assert.equal(readFileSync(file, "utf8"), "a\nb\nä\n");
    assert.equal(bytes, 7);
    assert.deepEqual(readdirSync(join(root, "new")), ["file.jsonl"]);
  });

  test("must be free, absolute and writable", async () => {
    writeFileSync(join(root, "file"), "");
    const nothing = async (): Promise<void> => assert.fail("nothing is to be filled");
    await assert.rejects(makeFolder("out", nothing), problem("run/target-not-absolute"));
    await assert.rejects(makeFolder(root, nothing), problem("run/target-exists"));
    await assert.rejects(makeFolder(join(root, "file"), nothing), problem("run/target-exists"));
    await assert.rejects(makeFolder(join(root, "file", "x"), nothing), problem("run/target-not-written"));
    await assert.rejects(makeFile("out", nothing), problem("run/target-not-absolute"));
    await assert.rejects(makeFile(root, nothing), problem("run/target-exists"));
    await assert.rejects(makeFile(join(root, "file"), nothing), problem("run/target-exists"));
    await assert.rejects(makeFile(join(root, "file", "x"), nothing), problem("run/target-not-written"));
    assert.deepEqual(readdirSync(root), ["file"]);
  });
});
