import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, test } from "node:test";

/** Of the child's JavaScript objects, MiB: less than the texts of either file take. */
const heap = 48;

/** Records of about 200 bytes; the last line is broken. */
function* file(lines: number, isArray: boolean): Generator<string> {
  const filler = "The quick brown fox jumps over the lazy dog. ".repeat(3);
  if (isArray) yield "[";
  for (let from = 1; from < lines; from += 1000) {
    const numbers = Array.from({ length: Math.min(1000, lines - from) }, (_, i) => from + i);
    yield numbers
      .map(
        (line) =>
          `${JSON.stringify({ prompt: `Question ${line}?`, completion: filler + line })}${isArray ? "," : ""}\n`,
      )
      .join("");
  }
  yield isArray ? '{"prompt": broken}]\n' : '{"prompt": broken\n';
}

/** Opens the file in a process of its own, reads records in it, and prints what it found. */
const program = `
import { openDataFile } from "./daemon/data/file-dataset.ts";
const dataset = await openDataFile(process.argv[1]);
const { count, skipped } = dataset;
const lines = [];
for (const i of [count - 1, 0, 300_000]) lines.push((await dataset.record(i)).line, (await dataset.record(i)).chosen.slice(-6));
console.log(JSON.stringify({ count, skipped, lines, arrays: process.memoryUsage().arrayBuffers }));
`;

describe("many records take memory for their places, not for their texts", () => {
  const files = [
    { name: "a million JSON Lines", lines: 1_000_000, isArray: false },
    { name: "an array of 400,000", lines: 400_000, isArray: true },
  ];
  for (const { name, lines, isArray } of files) {
    test(name, async (t) => {
      const dir = mkdtempSync(join(tmpdir(), "sparring-large-"));
      t.after(() => rmSync(dir, { recursive: true }));
      const path = join(dir, "data.jsonl");
      await pipeline(Readable.from(file(lines, isArray)), createWriteStream(path));
      const options = [
        `--max-old-space-size=${heap}`,
        "--import",
        "tsx",
        "--input-type=module",
        "--eval",
        program,
        path,
      ];
      const child = spawnSync(process.execPath, options, { encoding: "utf8" });
      assert.equal(child.status, 0, child.stderr);
      const { count, skipped, lines: read, arrays } = JSON.parse(child.stdout);
      assert.equal(count, lines - 1);
      assert.deepEqual(skipped, [{ reason: "not-json", sentence: "it is not JSON", count: 1, lines: [lines] }]);
      assert.deepEqual(read, [lines - 1, `${lines - 1}`, 1, "dog. 1", 300_001, "300001"]);
      // 16 bytes a record, and the table of what was seen; both grow by doubling.
      assert.ok(arrays < 100 * 2 ** 20, `${arrays} bytes in arrays`);
    });
  }
});
