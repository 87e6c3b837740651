import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileLog, logFile, streamLog } from "../../../daemon/server/log.ts";
import { Refusals } from "../../../daemon/server/refusals.ts";

function home(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-log-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("the daemon's log", () => {
  test("has one line a message, whatever is in it", () => {
    const lines: string[] = [];
    const log = streamLog({ write: (text) => lines.push(text) });
    log("info", "a\nb\u001b[31m\u2028c");
    log("debug", "not noted");
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}a\\nb\\u001b\[31m\\u2028c\n$/);
  });

  test("lies in the home, for its user alone, and is rotated once", (t) => {
    const folder = home(t);
    const log = fileLog(folder, 1000);
    for (let i = 0; i < 100; i++) log("warn", `line ${i} ${"x".repeat(50)}`);
    const file = logFile(folder);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, "utf8"), /line 99/);
    const sizes = [file, join(folder, "daemon/log.1.txt")].map((path) => statSync(path).size);
    assert.ok(
      sizes.every((size) => size < 1200),
      `${sizes}`,
    );
  });

  test("never throws", (t) => {
    const folder = home(t);
    const log = fileLog(folder);
    rmSync(folder, { recursive: true });
    log("error", "nobody hears this");
  });
});

describe("refusals", () => {
  test("of a flood are one line", () => {
    const lines: string[] = [];
    const refusals = new Refusals((_level, message) => lines.push(message));
    for (let i = 0; i < 1000; i++) refusals.count(i % 10 === 0 ? "wrong token" : "foreign Host");
    refusals.flush();
    refusals.flush();
    assert.deepEqual(lines, ["refused: 100 × wrong token, 900 × foreign Host"]);
  });
});
