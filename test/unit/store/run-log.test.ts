import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { linesBackwards } from "../../../daemon/store/lines-backwards.ts";
import { levelOf, logLevels, logLine } from "../../../daemon/store/log-line.ts";
import { RunLog, readLog } from "../../../daemon/store/run-log.ts";
import { MemoryFileSystem } from "./memory-fs.ts";

const dir = "/run";
const now = (): Date => new Date("2026-11-21T07:00:00.123Z");
const all = { lines: 1000, level: "debug" } as const;
let fs: MemoryFileSystem;

beforeEach(async () => {
  fs = new MemoryFileSystem();
  await fs.makeFolder(dir);
});

const opened = (rotateAtBytes?: number): Promise<RunLog> =>
  RunLog.open(dir, { fs, now, ...(rotateAtBytes && { rotateAtBytes }) });

describe("a line", () => {
  test("has its time, its level, and the message with control characters escaped", () => {
    assert.equal(logLine(now(), "info", "a message"), "2026-11-21T07:00:00.123Z info  a message");
    assert.equal(logLine(now(), "error", "è ☃ \\"), "2026-11-21T07:00:00.123Z error è ☃ \\");
    const hostile = "a\nb\r\tc\u001b[31m\0\u007f\u009b\u2028\u202e";
    assert.equal(
      logLine(now(), "warn", hostile).slice(31),
      "a\\nb\\r\\tc\\u001b[31m\\u0000\\u007f\\u009b\\u2028\\u202e",
    );
    assert.match(logLine(now(), "debug", "x".repeat(5000)), /x{2000}… \(5000 characters\)$/);
  });

  test("is one line of printable text that keeps its level, whatever the message", () => {
    fc.assert(
      fc.property(fc.constantFrom(...logLevels), fc.string({ unit: "binary" }), (level, message) => {
        const line = logLine(now(), level, message);
        assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029]/u);
        assert.equal(levelOf(line), level);
      }),
    );
  });
});

describe("a log", () => {
  test("has the lines in the order of the calls, over restarts; nothing is created before the first", async () => {
    const log = await opened();
    await log.close();
    assert.deepEqual(await fs.list(dir), []);
    assert.deepEqual(await readLog(dir, all, fs), []);
    for (let i = 0; i < 50; i++) {
      log.write("info", `line ${i}`);
      if (i % 7 === 0) await new Promise(setImmediate);
    }
    await log.close();
    const again = await opened();
    again.write("debug", "line 50");
    await again.close();
    const lines = await readLog(dir, all, fs);
    assert.deepEqual(
      lines.map((line) => line.slice(31)),
      Array.from({ length: 51 }, (_, i) => `line ${i}`),
    );
    const appends = fs.steps.filter((step) => step.kind === "data").length;
    assert.ok(appends <= 20, `${appends} appends: lines go together`);
  });

  test("is read by number and by level, the newest", async () => {
    const log = await opened();
    for (let i = 0; i < 40; i++) log.write(logLevels[i % 4]!, `line ${i}`);
    await log.close();
    const read = async (lines: number, level: (typeof logLevels)[number]): Promise<string> =>
      (await readLog(dir, { lines, level }, fs)).map((line) => line.slice(36)).join();
    assert.equal(await read(3, "debug"), "37,38,39");
    assert.equal(await read(3, "info"), "37,38,39");
    assert.equal(await read(3, "warn"), "35,38,39");
    assert.equal(await read(3, "error"), "31,35,39");
    assert.equal((await readLog(dir, { lines: 1000, level: "error" }, fs)).length, 10);
  });

  test("that gets too long is moved away once, and read across both files", async () => {
    const log = await opened(1000);
    for (let i = 10; i < 60; i++) {
      log.write("info", `line ${i}`);
      await new Promise(setImmediate);
    }
    await log.close();
    const size = async (name: string): Promise<number> => fs.size(join(dir, name));
    assert.deepEqual((await fs.list(dir)).map(({ name }) => name).sort(), ["log.1.txt", "log.txt"]);
    assert.ok((await size("log.txt")) <= 1000 && (await size("log.1.txt")) <= 1000);
    const lines = (await readLog(dir, { lines: 30, level: "info" }, fs)).map((line) => Number(line.slice(36)));
    assert.deepEqual(
      lines,
      Array.from({ length: 30 }, (_, i) => 30 + i),
    );
  });

  test("on a full disk loses lines, says how many, and throws nothing", async () => {
    const log = await opened();
    log.write("info", "before");
    await log.close();
    fs.isFull = (operation) => operation === "append";
    for (let i = 0; i < 3; i++) {
      log.write("error", `lost ${i}`);
      await log.close();
    }
    fs.isFull = () => false;
    for (const message of ["after", "later"]) {
      log.write("info", message);
      await log.close();
    }
    const lines = (await readLog(dir, all, fs)).map((line) => line.slice(25));
    assert.equal(lines[0], "info  before");
    // Between them are the halves that the disk took.
    assert.deepEqual(lines.slice(-3), ["warn  3 lines of this log are lost", "info  after", "info  later"]);
  });

  test("that a killed process left in the middle of a line goes on in a new one", async () => {
    await fs.append(join(dir, "log.txt"), Buffer.from("2026-11-21T06:59:59.000Z info  half a l"));
    const log = await opened();
    log.write("warn", "next");
    await log.close();
    assert.deepEqual(await readLog(dir, all, fs), [
      "2026-11-21T06:59:59.000Z info  half a l",
      "2026-11-21T07:00:00.123Z warn  next",
    ]);
  });
});

test("lines are read backwards as they are, over the borders of what is read at once", async () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom("", "a", "☃"),
      fc.nat(150_000).map((n) => "x".repeat(n)),
    ),
    {
      maxLength: 8,
    },
  );
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (lines, isCutShort) => {
      const disk = new MemoryFileSystem();
      await disk.write("/f", Buffer.from(lines.map((line) => `${line}\n`).join("") + (isCutShort ? "half" : "")));
      const found: string[] = [];
      for await (const line of linesBackwards(disk, "/f")) found.unshift(String(line));
      assert.deepEqual(found, lines);
    }),
    { numRuns: 50 },
  );
});

test("a log on a real disk", async () => {
  const real = await mkdtemp(join(tmpdir(), "sparring-log-"));
  after(() => rm(real, { recursive: true }));
  const log = await RunLog.open(real, { rotateAtBytes: 50_000 });
  for (let i = 0; i < 2000; i++) {
    log.write("info", `line ${i}`);
    if (i % 500 === 499) await log.close();
  }
  await log.close();
  assert.ok((await stat(join(real, "log.1.txt"))).size > 0);
  assert.match(String(await readFile(join(real, "log.txt"))), /line 1999\n$/);
  const lines = await readLog(real, { lines: 1000, level: "info" });
  assert.deepEqual(
    lines.map((line) => Number(line.slice(36))),
    Array.from({ length: 1000 }, (_, i) => 1000 + i),
  );
});
