import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { loadConfig } from "../../../daemon/config/load.ts";
import { ConfigError } from "../../../daemon/config/problem.ts";
import { minimal, problemOf } from "./helpers.ts";

describe("files that are no config", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sparring-config-"));
  });
  after(() => rm(folder, { recursive: true }));

  const refusal = (path: string) =>
    loadConfig(path, []).then(
      () => assert.fail("accepted"),
      (error) => {
        assert(error instanceof ConfigError);
        assert.equal(error.place, path);
        return error;
      },
    );

  test("10 MB are refused by size, unread", async () => {
    const path = join(folder, "big.yaml");
    await writeFile(path, "");
    await truncate(path, 10_000_000);
    const error = await refusal(path);
    assert.equal(error.code, "config/too-large");
    assert.match(error.message, /10\.0 MB.*at most 64 KiB/);
  });

  test("a missing file", async () => {
    assert.equal((await refusal(join(folder, "none.yaml"))).code, "config/not-found");
    assert.equal((await refusal(join(folder, "big.yaml", "x"))).code, "config/not-found");
  });

  test("a folder", async () => {
    const error = await refusal(folder);
    assert.equal(error.code, "config/unreadable");
    assert.match(error.message, /a folder/);
  });

  test("a device that never ends", async () => {
    assert.equal((await refusal("/dev/zero")).code, "config/unreadable");
  });

  test("bytes that are no UTF-8", async () => {
    const path = join(folder, "latin1.yaml");
    await writeFile(path, Buffer.from([0x6e, 0xe9, 0x0a]));
    assert.equal((await refusal(path)).code, "config/encoding");
  });

  test("a byte order mark is no problem", async () => {
    const path = join(folder, "bom.sparring.yaml");
    await writeFile(path, `\ufeff${minimal}`);
    assert.equal((await loadConfig(path, [])).config.name, "bom");
  });
});

describe("text that is no config", () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefghij"
    .split("")
    .map((c, i) => {
      const previous = "abcdefghij"[i];
      return `${c}: &${c} [${Array(9).fill(`*${previous}`).join(", ")}]\n`;
    })
    .join("")}`;
  const cases: [what: string, text: string, code: string, place: string, message: RegExp][] = [
    ["empty", "", "config/empty", "", /empty/],
    ["only comments", "# nothing\n", "config/empty", "", /empty/],
    ["a list", "- seed\n", "config/wrong-type", "", /found a list/],
    ["a word", "seed\n", "config/wrong-type", "", /found "seed"/],
    ["tabs", "kl:\n\tbeta: 1\n", "config/yaml", ":2:1", /tab/],
    ["an unfinished quote", "name: 'x\n", "config/yaml", ":2:1", /quote/],
    ["two colons", "kl: beta: 1\n", "config/yaml", ":1:5", /two colons/],
    ["a tag", "name: !!python/object x\n", "config/yaml", ":1:7", /tag/i],
    ["two documents", "seed: 1\n---\nseed: 2\n", "config/yaml", ":2:1", /several YAML documents/],
    ["an alias", "seed: &s 1\ngame.rounds: *s\n", "config/yaml", ":2:14", /aliases such as \*s/],
    ["an alias bomb", bomb, "config/yaml", ":2:8", /aliases such as \*a/],
    ["a list as a key", "? [a]\n: 1\n", "config/yaml", ":1:3", /keys/],
    ["brackets without end", "[".repeat(60_000), "config/yaml", ":1:821", /nested too deeply/],
  ];
  for (const [what, text, code, place, message] of cases) {
    test(what, () => {
      const problem = problemOf(text);
      assert.deepEqual([problem.code, problem.place], [code, `a.sparring.yaml${place}`]);
      assert.match(problem.message, message);
    });
  }

  test("65 KiB of text", () => assert.equal(problemOf("#".repeat(65 * 1024)).code, "config/too-large"));

  test("keys without end take no time", () => {
    const started = performance.now();
    assert.throws(() => problemOf("a:\n".repeat(20_000)));
    assert(performance.now() - started < 3000);
  });
});
